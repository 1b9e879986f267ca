/** A card reader whose commands and responses a trace can listen to (`kit/taps.ts`). */
import { type CardTraffic, cardTap } from '../kit/taps.ts';
import type { Card, CardReader } from '../ports.ts';

const tell = (traffic: CardTraffic) => cardTap.publish(traffic);

/** A card that came before the trace began is not in it. */
export function traced(reader: CardReader): CardReader {
  const { name } = reader;
  return {
    ...reader,
    open(events) {
      reader.open({
        ...events,
        inserted: card => events.inserted(cardTap.hasSubscribers ? tracedCard(name, card) : card),
        removed() {
          if (cardTap.hasSubscribers) tell({ reader: name, event: 'removed' });
          events.removed();
        },
      });
    },
  };
}

function tracedCard(reader: string, card: Card): Card {
  tell({ reader, event: 'inserted' });
  return {
    atr: card.atr,
    async transmit(command) {
      tell({ reader, event: 'command', command });
      const response = await card.transmit(command);
      tell({ reader, event: 'response', command, response });
      return response;
    },
  };
}
