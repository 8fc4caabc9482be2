/** The look of a link within text. */
export const TEXT_LINK = 'rounded-sm font-medium text-accent-ink underline underline-offset-2 hover:decoration-2'
