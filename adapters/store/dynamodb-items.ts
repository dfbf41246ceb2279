import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { Item } from './item-store.ts';

/** An item in DynamoDB's own notation. Only items that passed `checkWrites` come here. */
export function toAttributes(item: Item): Record<string, AttributeValue> {
  // Else an attribute that happens to be called `constructor` would be taken for a class's.
  return marshall(item, { convertClassInstanceToMap: true });
}

/** An item from DynamoDB's notation; numbers are numbers, since none was stored that a number does not hold. */
export function fromAttributes(attributes: Record<string, AttributeValue>): Item {
  return unmarshall(attributes, { wrapNumbers: Number }) as Item;
}
