import { accept, type Decision, refuse } from '@argyle/kit/decision'
import { echo, type ValidationError, validationError } from '@argyle/kit/user-errors'

/** Formats a rate in parts per million as a percentage, e.g. 88750 as `8.875`. */
export function percentOfPpm(ppm: number): string {
  const digits = String(ppm).padStart(5, '0')
  const fraction = digits.slice(-4).replace(/0+$/, '')
  const whole = digits.slice(0, -4)
  return fraction === '' ? whole : `${whole}.${fraction}`
}

/** Parses a percentage from 0 to 100 with at most 4 decimals. Returns parts per million. */
export function readPercent(percent: string, path: string[]): Decision<number, ValidationError> {
  const [, whole = '', fraction = ''] = /^(\d{1,3})(?:\.(\d{1,4}))?$/.exec(percent) ?? []
  const ppm = Number(whole + fraction.padEnd(4, '0'))
  if (whole !== '' && ppm <= 1_000_000) return accept(ppm)
  const allowed = 'allowed is a percentage from 0 to 100 with at most 4 decimals, such as 8.875'
  return refuse(validationError(`${path.join('.')} is ${echo(percent)}: ${allowed}`, path))
}
