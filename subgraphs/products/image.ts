import type { App } from '@argyle/kit/subgraph'
import type { PrismaClient } from './generated/prisma/client.ts'

/** A picture of a product, without its SVG. */
export type ProductImage = {
  readonly productId: string
  /** The last part of its URL, without `.svg`. */
  readonly name: string
  readonly altText: string
  readonly width: number
  readonly height: number
}

const FILE = /^([a-z0-9]+(?:-[a-z0-9]+)*)\.svg$/

// An SVG opened as a page could run scripts; this policy allows drawing only.
const HEADERS = {
  'content-type': 'image/svg+xml; charset=utf-8',
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; sandbox",
  'cross-origin-resource-policy': 'cross-origin',
  'x-content-type-options': 'nosniff',
  'cache-control': 'public, max-age=86400',
}

/** Serves `/images/<name>.svg` publicly. The pictures of drafts are 404, like the drafts themselves. */
export function imageRoute(app: App, prisma: PrismaClient): void {
  app.get<{ Params: { file: string } }>('/images/:file', async ({ params }, reply) => {
    const name = FILE.exec(params.file)?.[1]
    const image =
      name === undefined
        ? null
        : await prisma.productImage.findFirst({
            where: { name, product: { status: { not: 'DRAFT' } } },
            select: { svg: true },
          })
    if (!image) return reply.code(404).send({ message: 'The picture does not exist.' })
    return reply.headers(HEADERS).send(image.svg)
  })
}
