import { newId } from '@argyle/kit/ids'
import { segmentsOf } from './a-segment.ts'
import { aMarketer, type OpenSupport } from './open-support.ts'

const text = (language: string) => ({
  title: `${language}: warm feet, {{customerName}}`,
  body: `${language}: it gets cold.`,
  actionLabel: `${language}: see`,
})

/** A valid variant of a campaign. */
export const aVariant = (name = '') => ({ english: text(`${name}en`), german: text(`${name}de`) })

/** A valid input of `createCampaign`; `but` replaces some of its fields. */
export function aCampaign(segmentId: string, but: object = {}) {
  return {
    ...{
      idempotencyKey: newId('key'),
      name: 'Winter',
      segmentId,
      variants: [aVariant()],
      linkPath: '/products',
    },
    ...{ coupon: null, controlPercent: 0, messagesPerMinute: 600, attributionDays: 7 },
    ...but,
  }
}

type Message = {
  readonly variant: string
  readonly language: string
  readonly title: string
  readonly recipients: { messageId: string; userId: string; path: string; couponCode: string | null }[]
}
type Row = {
  readonly type: string
  readonly subject: string
  readonly sequence: number
  readonly data: unknown
}

/** Campaigns of a support that a test has opened. */
export function campaignsOf(shop: OpenSupport) {
  const crm = segmentsOf(shop)
  const marketer = aMarketer()

  const messages = async (campaignId: string) => {
    const rows: Row[] = await shop.outbox()
    return rows.filter(({ type, subject }) => type === 'support.campaign.messaged' && subject === campaignId)
  }

  return {
    ...crm,
    marketer,
    run: () => shop.runTimer('run-campaigns'),
    messages,

    /** Customers of a country who accept campaigns, in a segment of their own. */
    async anAudience(size: number, country = 'GB') {
      const ids: string[] = []
      const productId = newId('prd')
      const categoryId = newId('cat')
      await crm.deliverNow(
        'products.product.changed',
        { productId, status: 'ACTIVE', categoryId },
        { subject: productId },
      )
      for (let count = 0; count < size; count++) {
        const id = await crm.aCustomer()
        await crm.aSale(id, { productId, country, daysAgo: 30 })
        await this.consents(id, true)
        ids.push(id)
      }
      await crm.work()
      const segmentId = await crm.aBuiltSegment([{ fact: 'CATEGORY', in: [categoryId] }])
      return { ids, segmentId, productId }
    },

    /** Delivers a consent, or its withdrawal. */
    consents: (userId: string, acceptsCampaigns: boolean, sequence = 2) =>
      crm.deliverNow(
        'notifications.consent.changed',
        { userId, acceptsCampaigns },
        { subject: userId, sequence },
      ),

    /** Creates and schedules a campaign. Resolves to its id. */
    async aScheduledCampaign(
      segmentId: string,
      but: object = {},
      startsAt: Date | null = null,
    ): Promise<string> {
      const { id } = await shop.accepted('createCampaign', aCampaign(segmentId, but), marketer)
      await shop.accepted(
        'scheduleCampaign',
        { id, expectedVersion: 1, startsAt: startsAt?.toISOString() ?? null },
        marketer,
      )
      return id
    },

    /** The messages of a campaign that were handed over, in order. */
    async handedOver(campaignId: string): Promise<Message[]> {
      const all = await messages(campaignId)
      // The data is that of campaignMessaged.
      return all.toSorted((a, b) => a.sequence - b.sequence).map(({ data }) => data as Message)
    },

    /** Fields of a campaign. */
    async shown(id: string, fields = 'status version finishedAt') {
      const query = `query ($id: ID!) { campaign(id: $id) { ${fields} } }`
      const { data, errors } = await shop.execute(query, { id }, marketer)
      if (errors.length > 0) throw new Error(JSON.stringify(errors))
      return data.campaign
    },

    /** The results of each group. */
    async results(id: string) {
      const fields = `results { arm people waiting sent suppressed failed opened clicked ordered revenue { amount currencyCode }
        comparedToControl { difference low high } }`
      return (await this.shown(id, fields)).results
    },

    recipients: (campaignId: string) =>
      shop.sql<{
        id: string
        user_id: string
        arm: string
        token: string | null
        coupon_code: string | null
      }>('SELECT * FROM campaign_recipient WHERE campaign_id = $1 ORDER BY place', campaignId),
  }
}
