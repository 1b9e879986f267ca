/** The network between ejabberd's nodes is cut: the parts go on, and stay parts until those of all but one are started anew. */
import { brokerCutContract } from '../../../contract/broker-cut.ts';
import { ejabberd, openEjabberd } from './ejabberd-cluster.ts';

const told = (first: string, others: readonly string[]) =>
  new RegExp(`^The cluster is in parts: ${others.join(' and ')}; ${first}\\. Mend the network`);

brokerCutContract('ejabberd', openEjabberd, ejabberd, told);
