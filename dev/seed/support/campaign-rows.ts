// Tested in ../seed-shop.int.test.ts: rows are tested where they are copied.

import { splitOf } from '@argyle/support/campaign/split'
import { address } from '../customers/address.ts'
import { acceptsCampaigns } from '../customers/consent.ts'
import { userCreatedAt } from '../customers/user.ts'
import { instant, type TableRow, table } from '../database/copy-table.ts'
import { DAY, HOUR, type Plan, usersOf } from '../plan.ts'
import { chance } from '../random/chance.ts'
import { seedId } from '../random/seed-id.ts'
import { EUROPE } from './segment-rows.ts'

const campaign = table('campaign', [
  'id',
  'name',
  'status',
  'segment_id',
  'variants',
  'link_path',
  'control_percent',
  'messages_per_minute',
  'attribution_days',
  'starts_at',
  'version',
  'sequence',
  'audience_at',
  'finished_at',
  'created_at',
  'updated_at',
])
const recipient = table('campaign_recipient', [
  'id',
  'campaign_id',
  'user_id',
  'arm',
  'place',
  'token',
  'released_at',
  'outcome',
  'outcome_sequence',
  'opened_at',
  'clicked_at',
])

export const campaignTables = [campaign, recipient]

/** How long ago the campaign was sent. */
const AGE = 20 * DAY
const SPLIT = { controlPercent: 30, variants: 2 }
/** A tester's audience is as large as that of a small shop; more would only take time. */
const MAX_AUDIENCE = 1_000

const text = (title: string, body: string, actionLabel: string) => ({ title, body, actionLabel })
const VARIANTS = [
  {
    variant: 'A',
    english: text(
      'New socks for the hills',
      'Autumn paths are wet. Our hiking socks are not.',
      'See hiking socks',
    ),
    german: text(
      'Neue Socken für die Berge',
      'Herbstwege sind nass. Unsere Wandersocken nicht.',
      'Wandersocken ansehen',
    ),
  },
  {
    variant: 'B',
    english: text(
      '{{customerName}}, your feet will thank you',
      'Warm, dry, and made to last.',
      'See what is new',
    ),
    german: text(
      '{{customerName}}, Ihre Füße werden es danken',
      'Warm, trocken und lange haltbar.',
      'Neues ansehen',
    ),
  },
]

/**
 * A finished campaign to the customers in Europe who had agreed. Their later orders are those of the seed.
 */
export function* campaignRows(plan: Plan, segmentId: string): Generator<TableRow> {
  const sentAt = plan.today - AGE
  const id = seedId('cmp', plan.seed, 0, sentAt - DAY)
  yield campaign.row({
    ...{ id, name: 'Autumn hills', status: 'SENT', segment_id: segmentId, link_path: '/products' },
    variants: JSON.stringify(VARIANTS),
    ...{ control_percent: SPLIT.controlPercent, messages_per_minute: 600, attribution_days: 14 },
    ...{ version: 2, sequence: 4, starts_at: instant(sentAt), audience_at: instant(sentAt) },
    finished_at: instant(sentAt + HOUR),
    ...{ created_at: instant(sentAt - DAY), updated_at: instant(sentAt + HOUR) },
  })
  let count = 0
  for (let user = 0; user < usersOf(plan.size) && count < MAX_AUDIENCE; user++) {
    const { userId, countryCode } = address(plan, user)
    const isMember = EUROPE.includes(countryCode) && userCreatedAt(plan, user) < sentAt
    if (!isMember || !acceptsCampaigns(plan, user)) continue
    yield recipientRow(plan, { campaignId: id, userId, user, sentAt })
    count++
  }
}

type Sent = {
  readonly campaignId: string
  readonly userId: string
  readonly user: number
  readonly sentAt: number
}

function recipientRow(plan: Plan, { campaignId, userId, user, sentAt }: Sent): TableRow {
  const random = chance(plan.seed, 'campaign', user)
  const { arm, place } = splitOf(campaignId, userId, SPLIT)
  const isContacted = arm !== 'CONTROL'
  const isSent = isContacted && random.flip(0.97)
  const isClicked = isSent && random.flip(arm === 'B' ? 0.22 : 0.14)
  const readAt = sentAt + HOUR + random.below(2 * DAY)
  return recipient.row({
    id: seedId('cms', plan.seed, user, sentAt),
    campaign_id: campaignId,
    user_id: userId,
    arm,
    place,
    // No e-mail contains a link of the seed, so it leads nowhere.
    token: null,
    released_at: instant(sentAt + random.below(HOUR)),
    outcome: isContacted ? (isSent ? 'SENT' : 'SUPPRESSED') : null,
    outcome_sequence: isContacted ? 1 : 0,
    opened_at: isSent && (isClicked || random.flip(0.2)) ? instant(readAt) : null,
    clicked_at: isClicked ? instant(readAt + 30_000) : null,
  })
}
