import { escapeBlock, escapeText, plural } from '../../core/text.ts';
import type { Examined } from '../../operations/doctor/doctor.ts';
import type { Style } from './style.ts';

export function renderDoctor(findings: readonly Examined[], style: Style): string {
  const width = Math.max(...findings.map((finding) => finding.check.length));
  const lines = findings.flatMap((finding) => [
    `${mark(finding, style)} ${finding.check.padEnd(width)}  ${escapeBlock(finding.message).split('\n').join(`\n${' '.repeat(width + 10)}`)}`,
    ...(finding.mended || finding.level === 'good' ? [] : finding.hints.map((hint) => `${' '.repeat(width + 10)}${style.cyan('hint')}: ${escapeText(hint)}`)),
  ]);
  const problems = findings.filter((finding) => finding.level === 'problem' && !finding.mended);
  const mendable = findings.filter((finding) => finding.level !== 'good' && finding.mend !== null && !finding.mended);
  const last = problems.length === 0 ? 'no problem found' : plural(problems.length, 'problem');
  return [...lines, '', mendable.length === 0 ? last : `${last}; aiteam doctor --fix mends ${mendable.length}`, ''].join('\n');
}

function mark(finding: Examined, style: Style): string {
  if (finding.mended) return style.green('mended ');
  switch (finding.level) {
    case 'good': return style.green('good   ');
    case 'warning': return style.yellow('warning');
    case 'problem': return style.red('problem');
  }
}

export function doctorJson(finding: Examined): Record<string, unknown> {
  return { check: finding.check, level: finding.level, message: finding.message, hints: finding.hints, mendable: finding.mend !== null, mended: finding.mended };
}
