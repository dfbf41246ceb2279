import { userInfo } from 'node:os';

/** Who gives the command, for the audit trail. */
export function personName(): string {
  try {
    return userInfo().username;
  } catch {
    return 'a person';
  }
}
