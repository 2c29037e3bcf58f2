import { accept, type Decision, refuse } from '@argyle/kit/decision'
import {
  type ValidationError,
  type VersionConflictError,
  validationError,
  versionConflict,
} from '@argyle/kit/user-errors'
import type { DigestTime } from '../digest/digest.ts'
import type { Kind } from '../occasion/occasion.ts'
import { CHANNELS_IN_USE, type ChannelInUse, isOnByDefault, isRequired, KINDS, POLICIES } from './policy.ts'
import { afterQuietHours, type QuietHours } from './quiet-hours.ts'

/** A kind and a channel, and whether messages of the kind are sent by it. */
export type Choice = { readonly kind: Kind; readonly channel: ChannelInUse; readonly isEnabled: boolean }

/** Preferences of one account. */
export type Preferences = {
  readonly userId: string
  /** Only what differs from the default (`isOnByDefault`). */
  readonly chosen: readonly Choice[]
  readonly quietHours: QuietHours | null
  /** Whether the person consents to tracking pixels in campaigns. */
  readonly allowsOpenTracking: boolean
  /** Null: the usual time. */
  readonly digestTime: DigestTime | null
  /** Whether the account has verified its address. */
  readonly isEmailVerified: boolean
  /** 1 before the first change. */
  readonly version: number
}

export type PreferencesChange = {
  readonly expectedVersion: number
  readonly choices?: readonly Choice[] | null | undefined
  /** Null turns them off; left out, they stay. */
  readonly quietHours?: QuietHours | null | undefined
  /** Null or left out, it stays. */
  readonly allowsOpenTracking?: boolean | null | undefined
  /** Null: the usual time; left out, it stays. */
  readonly digestTime?: DigestTime | null | undefined
}

type Cell = Pick<Choice, 'kind' | 'channel'>

const isSame = (a: Cell, b: Cell) => a.kind === b.kind && a.channel === b.channel

/** Every kind and channel, in a stable order. */
export function choicesOf({ chosen }: Preferences): (Choice & { readonly isRequired: boolean })[] {
  return KINDS.flatMap((kind) =>
    CHANNELS_IN_USE.map((channel) => ({
      kind,
      channel,
      isEnabled:
        chosen.find((one) => isSame(one, { kind, channel }))?.isEnabled ?? isOnByDefault(kind, channel),
      isRequired: isRequired(kind, channel),
    })),
  )
}

/** Changes what an account has chosen. Of two choices for one kind and channel the last counts. */
export function change(
  preferences: Preferences,
  { expectedVersion, choices, quietHours, allowsOpenTracking, digestTime }: PreferencesChange,
): Decision<Preferences, ValidationError | VersionConflictError> {
  const { version } = preferences
  if (version !== expectedVersion) return refuse(versionConflict(expectedVersion, version))
  const faults = (choices ?? []).flatMap((choice, index) =>
    !choice.isEnabled && isRequired(choice.kind, choice.channel) ? [cannotBeOff(choice, index)] : [],
  )
  if (faults.length > 0) return refuse(...faults)
  if (!preferences.isEmailVerified && !acceptsCampaigns(preferences)) {
    const index = (choices ?? []).findIndex((choice) => choice.isEnabled && isSame(choice, BY_CONSENT))
    if (index >= 0) return refuse(notVerified(index))
  }
  let chosen = preferences.chosen
  for (const choice of choices ?? []) {
    const others = chosen.filter((one) => !isSame(one, choice))
    const isDefault = choice.isEnabled === isOnByDefault(choice.kind, choice.channel)
    chosen = isDefault ? others : [...others, choice]
  }
  const quiet = quietHours === undefined ? preferences.quietHours : quietHours
  const tracking = allowsOpenTracking ?? preferences.allowsOpenTracking
  const digest = digestTime === undefined ? preferences.digestTime : digestTime
  const changed = { chosen, quietHours: quiet, allowsOpenTracking: tracking, digestTime: digest }
  return accept({ ...preferences, ...changed, version: version + 1 })
}

/** E-mails that require consent. */
const BY_CONSENT = { kind: 'CAMPAIGN', channel: 'EMAIL' } as const

/** Whether the account has agreed to e-mails of campaigns. */
export function acceptsCampaigns({ chosen }: Pick<Preferences, 'chosen'>): boolean {
  return chosen.some((one) => one.isEnabled && isSame(one, BY_CONSENT))
}

const REASONS = {
  LAW: 'it is required by law',
  CONTRACT: 'the order requires it',
  SECURITY: 'it protects the account',
} as const

function cannotBeOff({ kind, channel }: Choice, index: number): ValidationError {
  const { required } = POLICIES[kind]
  const because = required ? REASONS[required] : 'it is sent to the number that was just given'
  const message = `isEnabled is false for ${kind} by ${channel}: allowed is true, since ${because}`
  return validationError(message, ['choices', String(index), 'isEnabled'])
}

/** Consent requires a verified address: an unverified one may be another person's. */
function notVerified(index: number): ValidationError {
  const message =
    'isEnabled is true for CAMPAIGN by EMAIL: allowed is false until the account has verified its e-mail address'
  return validationError(message, ['choices', String(index), 'isEnabled'])
}

/** The wishes of the recipient of a message, and what is known of their address. */
export type Wishes = {
  readonly isOff: boolean
  /** The reason why the e-mail address, or for a text message the number, is stopped; null if it is not. */
  readonly stopped: string | null
  readonly quietHours: QuietHours | null
}

/** The status of a message before its first attempt; null: it is not saved. */
export type FirstStanding =
  | { readonly status: 'SENT' }
  | { readonly status: 'QUEUED'; readonly availableAt: Date }
  | { readonly status: 'SUPPRESSED'; readonly lastError: string }
  | null

/**
 * Decides whether and when a message is sent. A suppressed e-mail is saved, so that support can see the
 * reason.
 */
export function standingOf(
  { kind, channel }: { readonly kind: Kind; readonly channel: ChannelInUse },
  { isOff, stopped, quietHours }: Wishes,
  now: Date,
): FirstStanding {
  const isUnwanted = isOff && !isRequired(kind, channel)
  // The list replaces an e-mail that cannot be sent.
  if (channel === 'IN_APP') return isUnwanted && stopped === null ? null : { status: 'SENT' }
  const availableAt = POLICIES[kind].canWait ? afterQuietHours(quietHours, now) : now
  if (channel === 'PUSH' || channel === 'SMS') {
    if (isUnwanted) return null
    return channel === 'SMS' && stopped !== null && kind !== 'PHONE_VERIFICATION'
      ? { status: 'SUPPRESSED', lastError: stopped }
      : { status: 'QUEUED', availableAt }
  }
  if (isUnwanted)
    return {
      status: 'SUPPRESSED',
      lastError: isOnByDefault(kind, channel)
        ? 'the recipient has turned it off'
        : 'the recipient has not agreed to it',
    }
  // A requested link is sent nevertheless, since it may be the only way to regain the account.
  if (stopped !== null && POLICIES[kind].required !== 'SECURITY')
    return { status: 'SUPPRESSED', lastError: stopped }
  return { status: 'QUEUED', availableAt }
}
