import { pageArgs } from '@argyle/kit/connection'
import { payload } from '@argyle/kit/decision'
import { loadAccepted } from '@argyle/kit/idempotency'
import { requireUser } from '@argyle/kit/identity'
import { validate } from '@argyle/kit/user-errors'
import type { MutationResolvers, QueryResolvers, Resolvers } from '../generated/resolvers.ts'
import { variablesOf } from './template.ts'
import { createTicketTemplateInput, updateTicketTemplateInput } from './template-input.ts'

export const templateQueries: QueryResolvers = {
  ticketTemplates: (_, args, { templates }) => templates.page(pageArgs(args)),
}

export const templateMutations: MutationResolvers = {
  async createTicketTemplate(_, args, { templates, viewer, load }) {
    const input = validate(createTicketTemplateInput, args.input)
    if (!input.ok) return payload('template', input)
    const decision = await templates.create(requireUser(viewer).id, input.value)
    return payload('template', await loadAccepted(decision, (id) => load.templateById.load(id)))
  },

  async updateTicketTemplate(_, args, { templates, viewer }) {
    const input = validate(updateTicketTemplateInput, args.input)
    if (!input.ok) return payload('template', input)
    return payload('template', await templates.update(requireUser(viewer).id, input.value))
  },
}

export const templateFields = {
  TicketTemplate: {
    isActive: ({ active }) => active,
    variables: ({ body }) => variablesOf(body),
  },
} satisfies Resolvers
