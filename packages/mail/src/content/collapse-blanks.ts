/** A run of white space, but for a single space, which may stay as it is: between the words of a text there are few others. */
const RUN = /[^\S ]\s*| \s+/gu

/** One space for each run of white space. Linear. */
export function collapseBlanks(text: string): string {
  return text.replace(RUN, ' ')
}
