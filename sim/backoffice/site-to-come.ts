/** Stands at / until the registration site is put there. */
import type { CreateSite } from './backoffice.ts';

export const createSite: CreateSite = () => async server => {
  server.get('/', async () => ({ site: 'to come' }));
};
