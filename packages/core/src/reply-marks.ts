/** What RFC 5256 knows: `subj-refwd`. Matched in any case. */
export const RFC_5256_MARKS: readonly string[] = ['re', 'fw', 'fwd']

/**
 * What mail programs put before the subject of a reply or a forward in other languages. Single letters (Italian "R:", "I:") and English
 * words or abbreviations with a meaning of their own ("FS:") are left out: they begin too many subjects that are no replies.
 */
export const LOCALISED_MARKS: Readonly<Record<string, readonly string[]>> = {
  chinese: ['回复', '回覆', '答复', '转发', '轉寄'],
  danish: ['sv', 'vs'],
  dutch: ['antw', 'betr', 'doorst'],
  finnish: ['vs', 'vl'],
  french: ['réf', 'rép', 'tr'],
  german: ['aw', 'antw', 'antwort', 'wg'],
  greek: ['απ', 'σχετ', 'πρθ'],
  hebrew: ['תגובה', 'הועבר'],
  hungarian: ['vá', 'továbbítás'],
  japanese: ['返信', '転送'],
  norwegian: ['sv', 'vs'],
  polish: ['odp', 'pd'],
  portuguese: ['res', 'enc'],
  romanian: ['răspuns', 'redirecționat'],
  russian: ['отв', 'ответ', 'пересл'],
  spanish: ['rv', 'reenv'],
  swedish: ['sv', 'vb'],
  turkish: ['ynt', 'ilt', 'İlt'],
  vietnamese: ['trả lời'],
}
