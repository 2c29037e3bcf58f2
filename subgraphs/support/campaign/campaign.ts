import { accept, type Decision, refuse } from '@argyle/kit/decision'
import {
  type UserError,
  type ValidationError,
  type VersionConflictError,
  validationError,
  versionConflict,
} from '@argyle/kit/user-errors'
import type { Variant } from './split.ts'

export type CampaignStatus = 'DRAFT' | 'SCHEDULED' | 'SENDING' | 'SENT' | 'CANCELLED'

/** A text of a campaign. `{{customerName}}` and `{{couponCode}}` are variables. */
export type CampaignText = { readonly title: string; readonly body: string; readonly actionLabel: string }

export type CampaignVariant = {
  readonly variant: Variant
  readonly english: CampaignText
  readonly german: CampaignText
}

/** The part of a campaign that a marketer writes. */
export type CampaignContent = {
  readonly name: string
  readonly segmentId: string
  readonly variants: readonly CampaignVariant[]
  /** Where the link leads, below the storefront. */
  readonly linkPath: string
  readonly couponBasisPoints: number | null
  readonly couponValidDays: number | null
  readonly controlPercent: number
  readonly messagesPerMinute: number
  readonly attributionDays: number
}

export type Campaign = CampaignContent & {
  readonly id: string
  readonly status: CampaignStatus
  readonly startsAt: Date | null
  readonly version: number
  /** The sequence of the newest message about it. */
  readonly sequence: number
  readonly audienceThrough: string | null
  readonly audienceAt: Date | null
  readonly dueAt: Date | null
  readonly finishedAt: Date | null
  readonly createdAt: Date
  readonly updatedAt: Date
}

export type CampaignStatusError = UserError & {
  readonly __typename: 'CampaignStatusError'
  readonly status: CampaignStatus
}

export type ChangeError = CampaignStatusError | VersionConflictError | ValidationError

/** Maximum number of campaigns that are not finished. */
export const MAX_OPEN_CAMPAIGNS = 100
/** Maximum size of an audience. Its results are computed on each read. */
export const MAX_AUDIENCE = 50_000
/** Maximum time in the future for which a campaign can be scheduled. */
const MAX_AHEAD_MS = 366 * 86_400_000

/** A new campaign. */
export function draft(id: string, content: CampaignContent, now: Date): Campaign {
  return {
    ...content,
    ...{ id, status: 'DRAFT', startsAt: null, version: 1, sequence: 0 },
    ...{ audienceThrough: null, audienceAt: null, dueAt: null, finishedAt: null },
    ...{ createdAt: now, updatedAt: now },
  }
}

function next(campaign: Campaign, now: Date, changed: Partial<Campaign>): Campaign {
  return { ...campaign, ...changed, version: campaign.version + 1, updatedAt: now }
}

/** Refuses an outdated version, and a status that does not allow the change. */
function current(
  campaign: Campaign,
  expectedVersion: number,
  allowed: readonly CampaignStatus[],
): Decision<Campaign, ChangeError> {
  const { id, status, version } = campaign
  if (version !== expectedVersion) return refuse(versionConflict(expectedVersion, version))
  if (allowed.includes(status)) return accept(campaign)
  const message = `campaign ${JSON.stringify(id)} is ${status}: allowed is one that is ${allowed.join(' or ')}`
  return refuse({ __typename: 'CampaignStatusError', message, path: ['id'], status })
}

/** Replaces the content of a draft. */
export function rewrite(
  campaign: Campaign,
  expectedVersion: number,
  content: CampaignContent,
  now: Date,
): Decision<Campaign, ChangeError> {
  const usable = current(campaign, expectedVersion, ['DRAFT'])
  return usable.ok ? accept(next(campaign, now, content)) : usable
}

/** Schedules a draft. @param startsAt null: at once */
export function schedule(
  campaign: Campaign,
  expectedVersion: number,
  startsAt: Date | null,
  now: Date,
): Decision<Campaign, ChangeError> {
  const usable = current(campaign, expectedVersion, ['DRAFT'])
  if (!usable.ok) return usable
  const at = startsAt ?? now
  if (at < now || at.getTime() > now.getTime() + MAX_AHEAD_MS) {
    const message = `startsAt is ${at.toISOString()}: allowed is from now, ${now.toISOString()}, to 366 days ahead`
    return refuse(validationError(message, ['startsAt']))
  }
  return accept(next(campaign, now, { status: 'SCHEDULED', startsAt: at, dueAt: at }))
}

/** Cancels a campaign. Messages that are released already are still delivered. */
export function cancel(
  campaign: Campaign,
  expectedVersion: number,
  now: Date,
): Decision<Campaign, ChangeError> {
  const usable = current(campaign, expectedVersion, ['DRAFT', 'SCHEDULED', 'SENDING'])
  if (!usable.ok) return usable
  return accept(next(campaign, now, { status: 'CANCELLED', dueAt: null, finishedAt: now }))
}

/**
 * The number of messages of one step and the pause after it, for a number of messages a minute. Steps take a
 * second or longer.
 */
export function throttleOf(messagesPerMinute: number): { readonly count: number; readonly pauseMs: number } {
  const count = Math.max(1, Math.ceil(messagesPerMinute / 60))
  return { count, pauseMs: Math.ceil((count * 60_000) / messagesPerMinute) }
}
