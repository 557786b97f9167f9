import { loadUserConfig } from '../../config/user.ts';
import { budgetName } from '../../core/budget-text.ts';
import { budgetKey, holdOf, pricesUnder, reachesOf, type BudgetFacts, type Reach } from '../../core/budgets.ts';
import { refusal, type AiteamError } from '../../core/errors.ts';
import type { AgentId } from '../../core/ids.ts';
import { launchPrice, type LaunchPrice } from '../../core/launch-price.ts';
import type { Launch } from '../../core/launch.ts';
import { escapeText } from '../../core/text.ts';
import { callingAgent } from '../caller.ts';
import { warn } from '../context.ts';
import type { Workspace } from '../workspace.ts';
import { budgetFactsFor } from './facts.ts';
import { reachWords, waysOn } from './words.ts';

/** What is asked about money. */
export interface Asking {
  /** Whether a person says to go on though a budget is spent. */
  readonly overBudget: boolean;
  /** The command that says so. */
  readonly over: (agent: AgentId) => string;
}

/** What budgets say to agents that are to start, or to be prompted. */
export interface BudgetAnswer {
  readonly problems: ReadonlyMap<AgentId, AiteamError>;
  /** Records that the person lets them go on: to be called once nothing else speaks against it. */
  readonly allow: () => void;
}

/** Clients whose records tell what was spent. */
const RECORDED: readonly string[] = ['claude', 'codex'];

/**
 * Whom a budget keeps from being started or prompted, and why: it is spent, or nobody can tell what the agent's model costs. Who
 * comes near to it is warned. Errors: `agents-may-not` where an agent asks to go over a budget; those of the user's configuration.
 */
export async function askBudgets(workspace: Workspace, launches: readonly Launch[], { overBudget, over }: Asking): Promise<BudgetAnswer> {
  if (overBudget) requirePerson(workspace);
  const user = await loadUserConfig(workspace.context.env);
  const facts = budgetFactsFor(workspace, user, launches.map(({ agent }) => agent));
  const problems = new Map<AgentId, AiteamError>();
  const allowed = new Map<AgentId, string[]>();
  for (const launch of facts === null ? [] : launches) {
    const reaches = facts === null ? [] : reachesOf(launch.agent, facts);
    const problem = facts === null ? null : priceProblem(launch, reaches, facts);
    const strict = reaches.filter((reach) => reach.state === 'spent' && !reach.allowed && reach.budget.action !== 'warn');
    const hold = holdOf(strict);
    if (problem !== null) problems.set(launch.agent, problem);
    else if (hold !== null && !overBudget) problems.set(launch.agent, spentProblem(launch.agent, hold.reach, over));
    else {
      if (strict.length > 0) allowed.set(launch.agent, strict.map(({ whose, budget }) => budgetKey(whose, budget)));
      for (const reach of reaches) if (reach.state !== 'within') warn(workspace.context, `${launch.agent}: ${reachWords(reach)}`);
      if (reaches.length > 0) warnOfBlindness(workspace, launch);
    }
  }
  return { problems, allow: () => workspace.journal.append(...[...allowed].map(([agent, budgets]) => ({ kind: 'over-budget' as const, agent, budgets }))) };
}

/** The same for one agent. Errors: `budget-spent`, `price-unknown`, as well. */
export async function requireBudget(workspace: Workspace, launch: Launch, asking: Asking): Promise<Pick<BudgetAnswer, 'allow'>> {
  const { problems, allow } = await askBudgets(workspace, [launch], asking);
  const problem = problems.get(launch.agent);
  if (problem !== undefined) throw problem;
  return { allow };
}

function requirePerson({ context, repo }: Workspace): void {
  const agent = callingAgent(context, repo);
  if (agent !== null) throw refusal('agents-may-not', `an agent may not go over a budget (${agent})`, `run it in a terminal of your own, in ${escapeText(repo.mainWorktree ?? repo.commonDir)}`);
}

function spentProblem(agent: AgentId, reach: Reach, over: Asking['over']): AiteamError {
  return refusal('budget-spent', `${agent} may not go on: ${reachWords(reach)}`, 'on what: aiteam cost', ...waysOn(reach), `all the same: ${over(agent)}`);
}

/** What speaks against the first budget that nobody could keep; null for none. */
function priceProblem(launch: Launch, reaches: readonly Reach[], facts: BudgetFacts): AiteamError | null {
  for (const reach of reaches) {
    const problem = problemUnder(reach, launch, launchPrice(launch, pricesUnder(reach.budget, facts)));
    if (problem !== null) return problem;
  }
  return null;
}

function problemUnder(reach: Reach, { agent }: Launch, price: LaunchPrice): AiteamError | null {
  const { isUsers } = reach.budget;
  const because = `${agent} cannot be started: ${budgetName(reach)} is to be kept, and`;
  switch (price.kind) {
    case 'known': return null;
    case 'unpriced': return refusal('price-unknown', `${because} no price is known of its model ${escapeText(price.model)}`, `prices: { ${escapeText(price.model)}: { input: …, output: … } } in ${isUsers === true ? 'your own configuration, as the budget' : '.aiteam.yaml or your own configuration'}, in US dollars for a million tokens`);
    case 'unsaid': return refusal('price-unknown', `${because} nothing says which model it asks for`, `agents: { ${agent}: { model: … } } in .aiteam.yaml or your own configuration, and below "prices" what it costs where aiteam does not know that`);
  }
}

function warnOfBlindness({ context }: Workspace, { agent, client, command }: Launch): void {
  if (client !== undefined && RECORDED.includes(client.name)) return;
  const name = client?.title ?? (command?.kind === 'program' ? escapeText(command.program) : 'its command');
  warn(context, `${agent} runs ${name}: its budget counts only what Claude Code and Codex record`);
}
