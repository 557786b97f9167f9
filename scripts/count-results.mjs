// count-results.mjs FOLDER: prints `N passed, N failed` for the checks and the vitest report in it; exits 1 where any failed.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = process.argv[2] ?? '.';
const { checks, vitestPassed } = readChecks(join(folder, 'checks'));
const tests = readReport(join(folder, 'vitest.json'));

const passed = checks.passed + (tests?.passed ?? 0);
// vitest can fail with every test green: an error outside of any test, or no report at all.
const untold = tests === null || (!vitestPassed && tests.failed === 0) ? 1 : 0;
const failed = checks.failed + (tests?.failed ?? 0) + untold;
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;

/** The lines `passed NAME` and `failed NAME`; vitest's own line is told apart, since its tests are counted one by one. */
function readChecks(file) {
  const checks = { passed: 0, failed: 0 };
  let vitestPassed = false;
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    const [verdict, name] = line.split(' ');
    if (name === 'vitest') vitestPassed = verdict === 'passed';
    else if (verdict === 'passed') checks.passed += 1;
    else if (verdict === 'failed') checks.failed += 1;
  }
  return { checks, vitestPassed };
}

/** The tests in vitest's JSON report, or null without one. A file that failed without a failed test could not be run: it counts as one. */
function readReport(file) {
  let report;
  try {
    report = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
  const brokenFiles = report.testResults.filter(
    (tested) => tested.status === 'failed' && tested.assertionResults.every((test) => test.status !== 'failed'),
  );
  return { passed: report.numPassedTests, failed: report.numFailedTests + brokenFiles.length };
}
