import type * as z from 'zod/mini';
import '../schema-words.ts';

/** What is wrong with a value, in the words of the YAML file; for issues whose schema has no message of its own. */
export const issueWords: z.core.$ZodErrorMap = (issue) => {
  switch (issue.code) {
    case 'invalid_type': {
      const needed = KINDS[issue.expected] ?? `a value of type ${issue.expected}`;
      if (issue.input === undefined) return `is missing; it must be ${needed}`;
      return `must be ${needed}${issue.input === null ? ' (got nothing)' : ''}`;
    }
    case 'too_small':
      return `must be ${issue.inclusive === false ? 'more than' : 'at least'} ${issue.minimum}`;
    case 'too_big':
      return `must be ${issue.inclusive === false ? 'less than' : 'at most'} ${issue.maximum}`;
    case 'invalid_value':
      return `must be one of ${issue.values.map(String).join(', ')}`;
    case 'unrecognized_keys':
      return `has no field called ${issue.keys.join(', ')}; check the spelling`;
    default:
      return undefined;
  }
};

const KINDS: Readonly<Record<string, string>> = {
  object: 'a group of fields, indented under its name',
  record: 'a group of fields, indented under its name',
  array: 'a list, each item on its own line after a dash',
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
};
