import { AiteamError } from '../core/errors.ts';

/** Whether something outside of us failed, in a way that can be told: one of our errors, or one of the system's. */
export function isExpectedFailure(error: unknown): error is Error {
  return error instanceof AiteamError || (error instanceof Error && 'code' in error && 'syscall' in error);
}
