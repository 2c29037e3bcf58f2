/** The part of fontkit that invoices use. pdfkit lays out and embeds fonts with the same package. */
declare module 'fontkit' {
  export type Font = { hasGlyphForCodePoint(codePoint: number): boolean }
  export function create(bytes: Uint8Array): Font
}
