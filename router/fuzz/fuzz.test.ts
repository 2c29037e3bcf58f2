import { expect, test } from 'vitest'
import { runCampaign } from './run/campaign.ts'
import { minimise } from './run/minimise.ts'
import { reproduction } from './run/reproduction.ts'

const CASES = 5_000

test(`${CASES} random cases: every executor answers as the whole graph does`, {
  timeout: 1_800_000,
}, async () => {
  const { cases, findings } = await runCampaign('argyle', CASES, 1)
  const unexpected = findings.find(({ known }) => known === null)
  expect(unexpected && reproduction(await minimise(unexpected))).toBeUndefined()
  expect(cases).toBeGreaterThanOrEqual(CASES)
})
