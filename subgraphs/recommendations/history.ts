// Tested in view-counts.int.test.ts: the history needs rows in a database.

import { countHistory } from '@argyle/kit/quarter-counts'
import { VIEWS_COUNTED } from './events.ts'

/** The events that recommendations replays from its tables. */
export const history = [countHistory(VIEWS_COUNTED)]
