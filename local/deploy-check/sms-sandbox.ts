import {
  GetSMSSandboxAccountStatusCommand,
  paginateListSMSSandboxPhoneNumbers,
  SNSClient,
} from '@aws-sdk/client-sns';
import type { ClientSettings } from '../stack-view/stack-place.ts';
import type { SmsSandbox } from './facts.ts';

/** Whether the account may send SMS to any number there, or to verified ones only. */
export async function smsSandbox(settings: ClientSettings): Promise<SmsSandbox> {
  const client = new SNSClient(settings);
  try {
    const { IsInSandbox } = await client.send(new GetSMSSandboxAccountStatusCommand({}));
    if (IsInSandbox === false) return { isIn: false };
    return { isIn: true, verified: await verifiedNumbers(client).catch(() => null) };
  } finally {
    client.destroy();
  }
}

async function verifiedNumbers(client: SNSClient): Promise<readonly string[]> {
  const verified: string[] = [];
  for await (const page of paginateListSMSSandboxPhoneNumbers({ client }, {}))
    for (const { PhoneNumber, Status } of page.PhoneNumbers ?? [])
      if (PhoneNumber !== undefined && Status === 'Verified') verified.push(PhoneNumber);
  return verified;
}
