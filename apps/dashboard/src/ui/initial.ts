const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

/** The first character of a name as people see it, however many code points it is made of. */
export function initialOf(name: string): string {
  for (const { segment } of graphemes.segment(name.trim())) return segment
  return '?'
}
