import { newId } from '@argyle/kit/ids'
import { testAuditedMutations } from '@argyle/kit/testing/audited-mutations'
import { afterAll, beforeAll } from 'vitest'
import { clerk, openOrders, type Shop } from './testing/open-orders.ts'
import {
  ASSIGN_TAX_CATEGORY,
  CANCEL,
  CREATE_COUPON,
  DEACTIVATE_COUPON,
  REMOVE_TAX_RATE,
  SET_TAX_COUNTRY,
  SET_TAX_RATE,
} from './testing/operations.ts'

let shop: Shop
beforeAll(async () => {
  shop = await openOrders()
  for (const countryCode of ['DE', 'FR', 'AT'])
    await run('setTaxCountry', { ...key(), countryCode, pricesIncludeTax: true })
})
afterAll(() => shop.close())

const OPERATIONS = {
  cancelOrder: CANCEL,
  createCoupon: CREATE_COUPON,
  deactivateCoupon: DEACTIVATE_COUPON,
  setTaxCountry: SET_TAX_COUNTRY,
  setTaxRate: SET_TAX_RATE,
  removeTaxRate: REMOVE_TAX_RATE,
  assignTaxCategory: ASSIGN_TAX_CATEGORY,
}
const key = () => ({ idempotencyKey: newId('evt') })
const run = (name: keyof typeof OPERATIONS, input: object, viewer = clerk) =>
  shop.execute(OPERATIONS[name], { input }, viewer)

const aRate = (region: string, percent: string) => ({ countryCode: 'DE', region, category: 'shoes', percent })
const madeRate = async (region: string) => {
  const { data } = await run('setTaxRate', { ...key(), ...aRate(region, '7') })
  return data.setTaxRate.taxRate
}

testAuditedMutations(new URL('schema.graphql', import.meta.url), () => shop, run, {
  async cancelOrder() {
    const buyer = await shop.addBuyer()
    const { id, version } = await shop.order(buyer)
    return {
      viewer: clerk,
      input: { ...key(), orderId: id, expectedVersion: version },
      entries: [{ subjectId: id, before: { status: 'PENDING' }, after: { status: 'CANCELLING' } }],
    }
  },
  async createCoupon() {
    const input = { code: 'LOGGED', percentBasisPoints: 500 }
    const after = { code: 'LOGGED', discount: { kind: 'PERCENT', basisPoints: 500 } }
    return {
      viewer: clerk,
      input: { ...key(), ...input },
      entries: [{ subjectId: null, before: null, after }],
    }
  },
  async deactivateCoupon(time) {
    const { coupon } = await shop.coupon({ code: `ENDED${time}`, percentBasisPoints: 100 })
    const states = { before: { active: true }, after: { active: false } }
    return {
      viewer: clerk,
      input: { couponId: coupon.id, expectedVersion: 1 },
      entries: [{ subjectId: coupon.id, ...states }],
    }
  },
  async setTaxCountry(time) {
    const countryCode = time === 1 ? 'DE' : 'AT'
    const input = { countryCode, pricesIncludeTax: false, expectedVersion: 1 }
    const before = { countryCode, pricesIncludeTax: true, version: 1 }
    const after = { countryCode, pricesIncludeTax: false, version: 2 }
    return {
      viewer: clerk,
      input: { ...key(), ...input },
      entries: [{ subjectId: countryCode, before, after }],
      changed: [`tax_country (${countryCode}`],
    }
  },
  async setTaxRate(time) {
    const region = `A${time}`
    const { id } = await madeRate(region)
    const before = { countryCode: 'DE', region, category: 'SHOES', ppm: 70_000, version: 1 }
    return {
      viewer: clerk,
      input: { ...key(), ...aRate(region, '8'), expectedVersion: 1 },
      entries: [{ subjectId: id, before, after: { ...before, ppm: 80_000, version: 2 } }],
    }
  },
  async removeTaxRate(time) {
    const region = `B${time}`
    const { id } = await madeRate(region)
    return {
      viewer: clerk,
      input: { ...key(), taxRateId: id, expectedVersion: 1 },
      entries: [{ subjectId: id, before: { region, ppm: 70_000, version: 1 }, after: null }],
    }
  },
  async assignTaxCategory() {
    const productCategoryId = newId('cat')
    await run('assignTaxCategory', { ...key(), productCategoryId, taxCategory: 'shoes' })
    return {
      viewer: clerk,
      input: { ...key(), productCategoryId, taxCategory: 'clothing', expectedVersion: 1 },
      entries: [
        {
          subjectId: productCategoryId,
          before: { category: 'SHOES', version: 1 },
          after: { category: 'CLOTHING', version: 2 },
        },
      ],
    }
  },
})
