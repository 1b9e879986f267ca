/**
 * The service behind the site, given up when it does not answer in time. (fastify's own `handlerTimeout` ends with the
 * request's body, so that it would never limit a form.)
 */
import { DeviceError } from '../../../device/errors.ts';
import type { Registration } from '../registration/registration.ts';

/** @returns the same service; what takes longer is rejected with a `DeviceError` of kind `timeout` */
export function withTimeLimit(service: Registration, limitMs: number): Registration {
  async function limited<T>(what: string, answer: Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      const giveUp = () =>
        reject(new DeviceError('timeout', 'registration', `${what}: no answer within ${limitMs} ms`));
      timer = setTimeout(giveUp, limitMs);
    });
    try {
      return await Promise.race([answer, late]);
    } finally {
      clearTimeout(timer);
    }
  }
  return {
    get opensAt() {
      return service.opensAt;
    },
    isOpen: () => service.isOpen(),
    requestCode: (...of) => limited('requestCode', service.requestCode(...of)),
    verify: (...of) => limited('verify', service.verify(...of)),
    renew: (...of) => limited('renew', service.renew(...of)),
    ownState: (...of) => limited('ownState', service.ownState(...of)),
    consent: (...of) => limited('consent', service.consent(...of)),
    withdraw: (...of) => limited('withdraw', service.withdraw(...of)),
    leave: (...of) => limited('leave', service.leave(...of)),
  };
}
