import { payload } from '@argyle/kit/decision'
import { requireUser } from '@argyle/kit/identity'
import { validate } from '@argyle/kit/user-errors'
import type { MutationResolvers } from '../generated/resolvers.ts'
import { requestPhoneVerificationInput, verifyPhoneInput } from './phone-input.ts'

export const phoneMutations: MutationResolvers = {
  async requestPhoneVerification(_, args, { phones, phonePrefixes, clientAddress, viewer }) {
    const { id } = requireUser(viewer)
    const input = validate(requestPhoneVerificationInput(phonePrefixes), args.input)
    if (!input.ok) return { isAccepted: false, userErrors: input.errors }
    await phones.request(id, input.value.number, clientAddress)
    return { isAccepted: true, userErrors: [] }
  },

  async verifyPhone(_, args, { phones, viewer }) {
    const { id } = requireUser(viewer)
    const input = validate(verifyPhoneInput, args.input)
    if (!input.ok) return payload('phone', input)
    const decision = await phones.verify(id, input.value.code)
    return decision.ok ? { phone: await phones.of(id), userErrors: [] } : payload('phone', decision)
  },

  async removePhone(_, __, { phones, viewer }) {
    await phones.remove(requireUser(viewer).id)
    return { isRemoved: true }
  },
}
