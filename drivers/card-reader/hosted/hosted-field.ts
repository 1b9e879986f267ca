/** The field of a hosted reader: the card that is in it, or the last one that was. */
import type { DeviceError } from '../../../device/kit/errors.ts';
import type { CardReaderEvents } from '../../../device/ports.ts';
import type { HostedCard } from './hosted-card.ts';
import type { News } from './messages.ts';

type CardNews = Extract<News, { say: 'removed' | 'read-ahead' | 'answered' | 'refused' }>;

export interface HostedField {
  /** Tells of the card; the one before has ended. */
  insert(card: HostedCard): void;
  hear(news: CardNews): void;
  /** Whatever is asked of the card from now on fails for this reason, and the card is out of the field. */
  end(reason: DeviceError): void;
  /** What tells the card from another one after its process has ended. */
  mark(): number | undefined;
}

export function createHostedField(events: CardReaderEvents): HostedField {
  /** Kept when it has left: asked about its own removal, the driver knows the reason best. */
  let card: HostedCard | undefined;
  let isInField = false;

  function leave(): void {
    if (isInField) events.removed();
    isInField = false;
  }

  return {
    insert(inserted) {
      card = inserted;
      isInField = true;
      events.inserted(inserted);
    },
    hear(news) {
      if (news.say === 'answered' || news.say === 'refused') return card?.hear(news);
      if (card?.id !== news.card) return;
      if (news.say === 'removed') leave();
      else card.hear(news);
    },
    end(reason) {
      card?.end(reason);
      leave();
    },
    mark: () => card?.mark,
  };
}
