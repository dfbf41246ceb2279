import type { NativeAttributeValue } from '@aws-sdk/util-dynamodb';
import type { Condition, Query } from './item-store.ts';

/** An expression with the names and values that it mentions, before marshalling. */
export interface Expression {
  readonly text: string;
  readonly names: Record<string, string>;
  readonly values: Record<string, NativeAttributeValue>;
}

/** A condition of the closed set as a ConditionExpression. */
export function conditionExpression(condition: Condition): Expression {
  switch (condition.kind) {
    case 'absent':
      return { text: 'attribute_not_exists(#name)', names: { '#name': 'pk' }, values: {} };
    case 'version':
      return equals('version', condition.version);
    case 'attribute':
      return equals(condition.name, condition.equals);
  }
}

/** A query's partition and bounds as a KeyConditionExpression. Bounds that cross are the caller's to answer. */
export function keyExpression(query: Query): Expression {
  const names = { '#pk': 'pk', '#sk': 'sk' };
  const { pk, prefix, from, to } = query;
  if (prefix)
    return {
      text: '#pk = :pk AND begins_with(#sk, :prefix)',
      names,
      values: { ':pk': pk, ':prefix': prefix },
    };
  if (from && to !== undefined) {
    return {
      text: '#pk = :pk AND #sk BETWEEN :from AND :to',
      names,
      values: { ':pk': pk, ':from': from, ':to': to },
    };
  }
  if (from) return { text: '#pk = :pk AND #sk >= :from', names, values: { ':pk': pk, ':from': from } };
  if (to !== undefined) return { text: '#pk = :pk AND #sk <= :to', names, values: { ':pk': pk, ':to': to } };
  return { text: '#pk = :pk', names: { '#pk': 'pk' }, values: { ':pk': pk } };
}

function equals(name: string, value: string | number | boolean): Expression {
  return { text: '#name = :value', names: { '#name': name }, values: { ':value': value } };
}
