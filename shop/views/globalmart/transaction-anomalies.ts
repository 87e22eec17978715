import { minutes } from '../../../src/core/time.ts';
import { frequent, unseen, unusual } from '../../../src/view/anomaly-part.ts';
import { anomaly, anomalyPart, field, words } from '../../../src/view/columns.ts';
import { either, event, type } from '../../../src/view/expression.ts';
import { view } from '../../../src/view/view.ts';

const visitor = event('visitor');
const category = event('category_name');
const order = either(event('order_id'), event('event_id'));

export const transactionAnomalies = view({
  name: 'transaction_anomalies',
  kit: 'globalmart',
  ...words('Anomalies', 'Every purchase with how far it is from what was usual in the 28 days before, and why.'),
  kind: anomaly({
    days: 28,
    threshold: 0.8,
    unknown: 'no purchases in the 28 days before to compare with',
    parts: [
      unusual({
        of: event('amount'),
        among: category,
        least: 20,
        spread: 0.3,
        from: 3,
        to: 6,
        above: '{n} times the usual amount of {}',
      }),
      unusual({
        of: event('amount'),
        among: visitor,
        least: 5,
        spread: 0.6,
        from: 3,
        to: 6,
        above: '{n} times the usual amount of this customer',
      }),
      unusual({
        of: event('quantity'),
        missing: 1,
        among: category,
        least: 20,
        spread: 0.4,
        from: 3,
        to: 6,
        above: '{n} times the usual quantity of {}',
      }),
      unusual({
        of: event('price'),
        among: event('product_id'),
        least: 3,
        spread: 0.3,
        from: 3,
        to: 5,
        above: '{n} times the usual price of this product',
        below: '{n} times less than the usual price of this product',
      }),
      unseen({
        of: event('country'),
        among: visitor,
        says: 'first purchase from {} in 28 days, after {n} from elsewhere',
      }),
      frequent({
        of: order,
        among: visitor,
        within: minutes(10),
        from: 3,
        to: 5,
        says: '{n} orders within 10 minutes',
      }),
    ],
  }),
  where: type('purchase'),
  columns: {
    transaction_id: field(order, words('Transaction', 'Order id, else event id')),
    event_id: field(
      event('event_id'),
      words('Event', 'Event id of the purchase: an order of several lines has several'),
    ),
    user_id: field(visitor, words('Visitor', 'User id, else anonymous id')),
    product_id: field(event('product_id'), words('Product', 'Product id')),
    amount: field(event('amount'), words('Amount', 'Amount of the purchase', 'money')),
    anomaly_score: anomalyPart(
      'score',
      words('Score', 'From 0 (usual) to 1; null where there is nothing to compare with'),
    ),
    is_anomaly: anomalyPart('flag', words('Anomaly', 'Score of 0.8 or more')),
    reasons: anomalyPart('reasons', words('Reasons', 'What is strange about it, in words')),
    event_timestamp: field(event('event_time'), words('Time', 'When it happened, UTC', 'time')),
  },
});
