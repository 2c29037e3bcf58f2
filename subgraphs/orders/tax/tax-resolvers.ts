import { auditConnection } from '@argyle/kit/audit'
import { pageArgs } from '@argyle/kit/connection'
import { accept, type Decision, payload } from '@argyle/kit/decision'
import { loadAccepted } from '@argyle/kit/idempotency'
import { requireUser } from '@argyle/kit/identity'
import { type ValidationError, validate } from '@argyle/kit/user-errors'
import type { Resolvers } from '../generated/resolvers.ts'
import { percentOfPpm, readPercent } from './percent.ts'
import {
  assignTaxCategoryInput,
  removeTaxRateInput,
  type SetTaxRate,
  setTaxCountryInput,
  setTaxRateInput,
} from './tax-input.ts'

function readSetTaxRate(input: unknown): Decision<SetTaxRate, ValidationError> {
  const checked = validate(setTaxRateInput, input)
  if (!checked.ok) return checked
  const { percent, ...rest } = checked.value
  const ppm = readPercent(percent, ['percent'])
  return ppm.ok ? accept({ ...rest, ppm: ppm.value }) : ppm
}

/** Resolvers only translate: they read arguments, call one function, shape the result. */
export const taxResolvers = {
  Query: {
    taxCountries: (_, __, { taxes }) => taxes.countries(),
    taxAssignments: (_, __, { taxes }) => taxes.assignments(),
    ordersAudit: (_, args, { audit }) => auditConnection(audit, pageArgs(args), args.subjectId ?? null),
  },

  Mutation: {
    async setTaxCountry(_, args, { taxes, viewer }) {
      const input = validate(setTaxCountryInput, args.input)
      if (!input.ok) return payload('taxCountry', input)
      const decision = await taxes.setCountry(requireUser(viewer).id, input.value)
      return payload('taxCountry', await loadAccepted(decision, taxes.country))
    },

    async setTaxRate(_, args, { taxes, viewer }) {
      const input = readSetTaxRate(args.input)
      if (!input.ok) return payload('taxRate', input)
      const decision = await taxes.setRate(requireUser(viewer).id, input.value)
      return payload('taxRate', await loadAccepted(decision, taxes.rate))
    },

    async removeTaxRate(_, args, { taxes, viewer }) {
      const input = validate(removeTaxRateInput, args.input)
      if (!input.ok) return payload('removedTaxRateId', input)
      return payload('removedTaxRateId', await taxes.removeRate(requireUser(viewer).id, input.value))
    },

    async assignTaxCategory(_, args, { taxes, viewer }) {
      const input = validate(assignTaxCategoryInput, args.input)
      if (!input.ok) return payload('taxAssignment', input)
      const decision = await taxes.assign(requireUser(viewer).id, input.value)
      return payload('taxAssignment', await loadAccepted(decision, taxes.assignment))
    },
  },

  TaxCountry: {
    rates: ({ countryCode }, _, { load }) => load.taxRatesByCountry.load(countryCode),
  },

  TaxRate: {
    region: ({ region }) => (region === '' ? null : region),
    percent: ({ ppm }) => percentOfPpm(ppm),
  },

  TaxAssignment: {
    productCategoryId: ({ categoryId }) => categoryId,
    taxCategory: ({ category }) => category,
  },
} satisfies Resolvers
