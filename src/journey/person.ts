/**
 * Who a session belongs to, over the columns of journeys: the one place where visitors become people. A session
 * without a visitor is nobody's: it counts as a session, and as no person.
 */
export const PERSON = 'visitor';
