/** The network between the nodes of nats-server is cut: the smaller part takes nothing, and finds back by itself. */
import { brokerCutContract } from '../../../contract/broker-cut.ts';
import { nats, openNats } from './nats-cluster.ts';

const told = (first: string) => new RegExp(`^(Start what is away|The cluster is in parts).*${first}`);

brokerCutContract('nats-server', openNats, nats, told, true);
