import { afterAll, expect, test } from 'vitest';
import { smsSandbox } from '../../../local/deploy-check/sms-sandbox.ts';
import type { AwsAnswer } from '../stack-view/aws-server.ts';
import { refusal, startAwsServer } from '../stack-view/aws-server.ts';

let isIn = 'false';
let list: (next: string | undefined) => AwsAnswer;
const server = await startAwsServer(({ action, input }) =>
  action === 'GetSMSSandboxAccountStatus'
    ? {
        body: `<GetSMSSandboxAccountStatusResponse><GetSMSSandboxAccountStatusResult><IsInSandbox>${isIn}</IsInSandbox></GetSMSSandboxAccountStatusResult></GetSMSSandboxAccountStatusResponse>`,
      }
    : list(input['NextToken']),
);
afterAll(() => server.stop());

const page = (number: string, status: string, next: string): AwsAnswer => ({
  body: `<ListSMSSandboxPhoneNumbersResponse><ListSMSSandboxPhoneNumbersResult><PhoneNumbers><member><PhoneNumber>${number}</PhoneNumber><Status>${status}</Status></member></PhoneNumbers>${next}</ListSMSSandboxPhoneNumbersResult></ListSMSSandboxPhoneNumbersResponse>`,
});
const settings = {
  region: 'eu-west-1',
  endpoint: server.endpoint,
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  requestHandler: { connectionTimeout: 5_000, requestTimeout: 5_000, throwOnRequestTimeout: true },
} as const;

test('an account out of the sandbox is not asked for its numbers', async () => {
  isIn = 'false';
  expect(await smsSandbox(settings)).toEqual({ isIn: false });
  expect(server.requests.map((one) => one.action)).toEqual(['GetSMSSandboxAccountStatus']);
});

test('in the sandbox, verified numbers are read page by page, and no pending one', async () => {
  isIn = 'true';
  list = (next) =>
    next === undefined
      ? page('+353861234567', 'Verified', '<NextToken>more</NextToken>')
      : page('+353860000000', 'Pending', '');
  expect(await smsSandbox(settings)).toEqual({ isIn: true, verified: ['+353861234567'] });
});

test('in the sandbox, numbers that may not be listed are not known', async () => {
  isIn = 'true';
  list = () => refusal('AuthorizationError', 'not authorized to list', 403);
  expect(await smsSandbox(settings)).toEqual({ isIn: true, verified: null });
});
