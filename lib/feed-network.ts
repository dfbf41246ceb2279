import {
  GatewayVpcEndpointAwsService,
  IpAddresses,
  Peer,
  Port,
  SecurityGroup,
  SubnetType,
  Vpc,
} from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';

/** TLS to the venues and to AWS; 9443 is the second port of one of the venues. */
const PORTS = [443, 9443];

/**
 * Where the feeds task lives: public subnets and a way out. No NAT gateway (33 dollars a month for nothing the task
 * needs) and no way in. Two zones, so that the task has somewhere to go when one is down.
 */
export class FeedNetwork extends Construct {
  readonly vpc: Vpc;
  readonly securityGroup: SecurityGroup;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.vpc = new Vpc(this, 'Vpc', {
      ipAddresses: IpAddresses.cidr('10.0.0.0/24'),
      maxAzs: 2,
      natGateways: 0,
      // The service gives its task an address; nothing else here should get one.
      subnetConfiguration: [{ name: 'Public', subnetType: SubnetType.PUBLIC, mapPublicIpOnLaunch: false }],
      // Emptying the default group takes a custom resource, a function of its own; nothing uses that group.
      restrictDefaultSecurityGroup: false,
      // Free, and keeps the window log and the ledger off the internet.
      gatewayEndpoints: {
        S3: { service: GatewayVpcEndpointAwsService.S3 },
        DynamoDb: { service: GatewayVpcEndpointAwsService.DYNAMODB },
      },
    });
    acknowledge(
      this.vpc,
      'VPC7',
      'Flow logs are billed by the gigabyte of market data; one task without a way in has nothing they would show.',
    );
    this.securityGroup = new SecurityGroup(this, 'Group', {
      vpc: this.vpc,
      description: 'The feeds task: TLS out, nothing in',
      allowAllOutbound: false,
    });
    for (const port of PORTS) this.securityGroup.addEgressRule(Peer.anyIpv4(), Port.tcp(port), 'TLS');
  }
}
