import { checkOf, partOf, testTextInputs } from '@argyle/kit/testing/text-inputs'
import { createCampaignInput, updateCampaignInput } from './campaign/campaign-input.ts'
import { createSegmentInput, updateSegmentInput } from './segment/segment-input.ts'
import { createTicketTemplateInput, updateTicketTemplateInput } from './template/template-input.ts'
import {
  answerTicketInput,
  messageInput,
  openGuestTicketInput,
  openTicketInput,
  rateTicketInput,
  writeToGuestTicketInput,
} from './ticket/ticket-input.ts'

const uuid = '019a3f5e-8f00-7c3b-9b1e-5d6c7a8b9c0d'
const key = { idempotencyKey: 'a key' }
const guestKey = { idempotencyKey: 'a key of a guest' }
const whichOrder = { number: 'A-7K2M-9QX3', secret: 'secret' }
const version = { id: `tkt_${uuid}`, expectedVersion: 1 }
const message = { ...key, id: `tkt_${uuid}`, body: 'Thank you.', attachments: [] }
const answer = { ...key, ...version, body: 'Thank you.', variables: [], attachments: [] }
const file = { name: 'a.jpg', url: 'https://files.example/a.jpg' }
const variable = { name: 'when', value: 'tomorrow' }
const segment = { name: 'Lapsed', description: 'Not for long.', all: [{ fact: 'COUNTRY', in: ['DE'] }] }
const words = { title: 'Warm feet', body: 'A word.', actionLabel: 'See' }
const campaign = {
  ...{
    name: 'Winter',
    segmentId: `seg_${uuid}`,
    variants: [{ english: words, german: words }],
    linkPath: '/',
  },
  ...{ controlPercent: 0, messagesPerMinute: 60, attributionDays: 7 },
}
const template = { name: 'Later', body: 'Hello.' }

testTextInputs(new URL('schema.graphql', import.meta.url), {
  OpenTicketInput: {
    check: checkOf(openTicketInput),
    example: { ...key, subject: 'A hole', body: 'In the left one.', attachments: [] },
    fields: { subject: 'LINE', body: 'LINES' },
  },
  OpenGuestTicketInput: {
    check: checkOf(openGuestTicketInput),
    example: { ...guestKey, ...whichOrder, subject: 'A hole', body: 'In the left one.' },
    fields: { number: 'TOKEN', secret: 'TOKEN', subject: 'LINE', body: 'LINES' },
  },
  WriteToGuestTicketInput: {
    check: checkOf(writeToGuestTicketInput),
    example: { ...guestKey, ...whichOrder, id: `tkt_${uuid}`, body: 'Thank you.' },
    fields: { number: 'TOKEN', secret: 'TOKEN', body: 'LINES' },
  },
  AttachmentInput: {
    check: partOf((part) => ({ ...message, attachments: [part] }), checkOf(messageInput)),
    example: file,
    fields: { name: 'LINE', url: 'TOKEN' },
  },
  WriteToTicketInput: { check: checkOf(messageInput), example: message, fields: { body: 'LINES' } },
  NoteOnTicketInput: { check: checkOf(messageInput), example: message, fields: { body: 'LINES' } },
  RateTicketInput: {
    check: checkOf(rateTicketInput),
    example: { ...version, rating: 5, comment: 'Quick.' },
    fields: { comment: 'LINES' },
  },
  AnswerTicketInput: { check: checkOf(answerTicketInput), example: answer, fields: { body: 'LINES' } },
  TemplateVariableInput: {
    check: partOf((part) => ({ ...answer, variables: [part] }), checkOf(answerTicketInput)),
    example: variable,
    fields: { name: 'LINE', value: 'LINE' },
  },
  CreateSegmentInput: {
    check: checkOf(createSegmentInput),
    example: { ...key, ...segment },
    fields: { name: 'LINE', description: 'LINES' },
  },
  SegmentConditionInput: {
    check: partOf(
      (part) => ({ ...key, ...segment, all: [{ ...part, in: [part.in] }] }),
      checkOf(createSegmentInput),
    ),
    example: { fact: 'COUNTRY', in: 'DE' },
    fields: { in: 'TOKEN' },
  },
  UpdateSegmentInput: {
    check: checkOf(updateSegmentInput),
    example: { id: `seg_${uuid}`, expectedVersion: 1, ...segment },
    fields: { name: 'LINE', description: 'LINES' },
  },
  CreateCampaignInput: {
    check: checkOf(createCampaignInput),
    example: { ...key, ...campaign },
    fields: { name: 'LINE', linkPath: 'TOKEN' },
  },
  UpdateCampaignInput: {
    check: checkOf(updateCampaignInput),
    example: { id: `cmp_${uuid}`, expectedVersion: 1, ...campaign },
    fields: { name: 'LINE', linkPath: 'TOKEN' },
  },
  CampaignTextInput: {
    check: partOf(
      (part) => ({ ...key, ...campaign, variants: [{ english: part, german: words }] }),
      checkOf(createCampaignInput),
    ),
    example: words,
    fields: { title: 'LINE', body: 'LINES', actionLabel: 'LINE' },
  },
  CreateTicketTemplateInput: {
    check: checkOf(createTicketTemplateInput),
    example: { ...key, ...template },
    fields: { name: 'LINE', body: 'LINES' },
  },
  UpdateTicketTemplateInput: {
    check: checkOf(updateTicketTemplateInput),
    example: { id: `tpl_${uuid}`, expectedVersion: 1, ...template, isActive: true },
    fields: { name: 'LINE', body: 'LINES' },
  },
})
