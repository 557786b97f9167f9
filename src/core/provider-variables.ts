/** Variables that say which provider a client talks to, as whom, or with which model; by their beginning. */
const PREFIXES = [
  'ANTHROPIC_', 'CLAUDE_CODE_USE_', 'CLAUDE_CODE_OAUTH_', 'CLAUDE_CODE_SUBAGENT_MODEL', 'CLAUDE_CODE_SKIP_BEDROCK_AUTH', 'CLAUDE_CODE_SKIP_VERTEX_AUTH',
  'OPENAI_', 'AZURE_OPENAI_', 'CODEX_API_', 'OPENROUTER_', 'MOONSHOT_', 'KIMI_', 'Z_AI_', 'ZAI_', 'ZHIPUAI_', 'BIGMODEL_', 'DEEPSEEK_',
  'GEMINI_', 'GOOGLE_API_KEY', 'GOOGLE_GEMINI_', 'GOOGLE_GENAI_', 'MISTRAL_', 'GROQ_', 'XAI_', 'TOGETHER_', 'FIREWORKS_', 'CEREBRAS_', 'COHERE_',
  'PERPLEXITY_', 'DASHSCOPE_', 'QWEN_', 'MINIMAX_', 'LITELLM_', 'AIDER_MODEL', 'AIDER_OPENAI_', 'AIDER_ANTHROPIC_', 'AIDER_API_KEY', 'AWS_BEARER_TOKEN_BEDROCK',
];

/** Those that are unset even where nothing is known of the environment, so that what is printed for a shell can be kept. */
export const USUAL_PROVIDER_VARIABLES: readonly string[] = [
  'ANTHROPIC_API_KEY', 'ANTHROPIC_AUTH_TOKEN', 'ANTHROPIC_BASE_URL', 'ANTHROPIC_MODEL', 'ANTHROPIC_SMALL_FAST_MODEL',
  'ANTHROPIC_DEFAULT_HAIKU_MODEL', 'ANTHROPIC_DEFAULT_OPUS_MODEL', 'ANTHROPIC_DEFAULT_SONNET_MODEL',
  'CLAUDE_CODE_OAUTH_TOKEN', 'CLAUDE_CODE_USE_BEDROCK', 'CLAUDE_CODE_USE_FOUNDRY', 'CLAUDE_CODE_USE_VERTEX',
  'OPENAI_API_BASE', 'OPENAI_API_KEY', 'OPENAI_BASE_URL', 'OPENAI_MODEL', 'CODEX_API_KEY', 'OPENROUTER_API_KEY', 'MOONSHOT_API_KEY', 'Z_AI_API_KEY', 'DEEPSEEK_API_KEY',
  'GEMINI_API_KEY', 'GOOGLE_API_KEY', 'GOOGLE_GEMINI_BASE_URL',
];

/** Whether a variable of this name says something of a provider. */
export function isProviderVariable(name: string): boolean {
  return PREFIXES.some((prefix) => name.startsWith(prefix));
}
