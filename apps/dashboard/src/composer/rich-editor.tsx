import { EditorContent, useEditor, useEditorState, type Editor } from '@tiptap/react'
import { StarterKit } from '@tiptap/starter-kit'
import { Bold, Italic, Link as LinkIcon, List, ListOrdered, TextQuote } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { Button } from '../ui/button.tsx'
import { cx } from '../ui/cx.ts'
import { quietPastedHtml } from './quiet-pasted-html.ts'
import { readLink } from './read-link.ts'

export type { Editor } from '@tiptap/react'

const EXTENSIONS = [
  StarterKit.configure({
    heading: false,
    codeBlock: false,
    link: {
      openOnClick: false,
      defaultProtocol: 'https',
      isAllowedUri: (url, { defaultValidate }) => readLink(url) !== null && defaultValidate(url),
    },
  }),
]

export interface RichEditorProps {
  /** What is there at the beginning. */
  readonly html: string
  /** The caret is in it from the start, before what is there. */
  readonly focused: boolean
  readonly onChange: (editor: Editor) => void
  readonly onReady: (editor: Editor) => void
  /** Files that were pasted: they belong to the message, not into its text. */
  readonly onFiles: (files: readonly File[]) => void
}

/** The text of a message: bold, italic, links, lists and quotes. What is pasted keeps that much of its form, and nothing else. */
export function RichEditor({ html, focused, onChange, onReady, onFiles }: RichEditorProps) {
  const editor = useEditor({
    extensions: EXTENSIONS,
    content: html,
    autofocus: focused ? 'start' : false,
    // The style sheet of the page has what is needed: the content security policy allows no other.
    injectCSS: false,
    editorProps: {
      transformPastedHTML: quietPastedHtml,
      handlePaste: (_view, { clipboardData }) => {
        const files = [...(clipboardData?.files ?? [])]
        if (files.length === 0 || clipboardData?.types.includes('text/html') === true) return false
        onFiles(files)
        return true
      },
      // It sends the message, and breaks no line.
      handleKeyDown: (_view, event) => event.key === 'Enter' && (event.metaKey || event.ctrlKey),
      attributes: { role: 'textbox', 'aria-multiline': 'true', 'aria-label': 'Message', class: 'message-editor' },
    },
    onCreate: ({ editor: created }) => onReady(created),
    onUpdate: ({ editor: changed }) => onChange(changed),
  })
  return (
    <div>
      {editor !== null && <Toolbar editor={editor} />}
      <EditorContent editor={editor} />
    </div>
  )
}

function Toolbar({ editor }: { readonly editor: Editor }) {
  const [linking, setLinking] = useState(false)
  const active = useEditorState({
    editor,
    selector: ({ editor: current }) => ({
      bold: current.isActive('bold'),
      italic: current.isActive('italic'),
      link: current.isActive('link'),
      bullets: current.isActive('bulletList'),
      numbers: current.isActive('orderedList'),
      quote: current.isActive('blockquote'),
    }),
  })
  const run = () => editor.chain().focus()
  const toggleLink = () => {
    if (active.link) run().extendMarkRange('link').unsetLink().run()
    else setLinking(true)
  }
  return (
    <div className="border-y border-line">
      <div role="toolbar" aria-label="Formatting" aria-orientation="horizontal" className="flex flex-wrap gap-0.5 py-1">
        <Tool label="Bold" pressed={active.bold} onClick={() => run().toggleBold().run()}>
          <Bold aria-hidden className="size-4" />
        </Tool>
        <Tool label="Italic" pressed={active.italic} onClick={() => run().toggleItalic().run()}>
          <Italic aria-hidden className="size-4" />
        </Tool>
        <Tool label={active.link ? 'Remove link' : 'Link'} pressed={active.link} onClick={toggleLink}>
          <LinkIcon aria-hidden className="size-4" />
        </Tool>
        <Tool label="Bulleted list" pressed={active.bullets} onClick={() => run().toggleBulletList().run()}>
          <List aria-hidden className="size-4" />
        </Tool>
        <Tool label="Numbered list" pressed={active.numbers} onClick={() => run().toggleOrderedList().run()}>
          <ListOrdered aria-hidden className="size-4" />
        </Tool>
        <Tool label="Quote" pressed={active.quote} onClick={() => run().toggleBlockquote().run()}>
          <TextQuote aria-hidden className="size-4" />
        </Tool>
      </div>
      {linking && <LinkForm editor={editor} onDone={() => setLinking(false)} />}
    </div>
  )
}

interface ToolProps {
  readonly label: string
  readonly pressed: boolean
  readonly onClick: () => void
  readonly children: ReactNode
}

function Tool({ label, pressed, onClick, children }: ToolProps) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      aria-pressed={pressed}
      onClick={onClick}
      className={cx(
        'inline-flex size-8 items-center justify-center rounded-md transition-colors hover:bg-hover hover:text-ink',
        pressed ? 'bg-active text-ink' : 'text-muted',
      )}
    >
      {children}
    </button>
  )
}

/** Where the selected words lead; without any, the address itself is written. */
function LinkForm({ editor, onDone }: { readonly editor: Editor; readonly onDone: () => void }) {
  const [text, setText] = useState('')
  const [refused, setRefused] = useState(false)
  const apply = () => {
    const href = readLink(text)
    if (href === null) {
      setRefused(true)
      return
    }
    const chain = editor.chain().focus()
    if (editor.state.selection.empty) chain.insertContent({ type: 'text', text: href, marks: [{ type: 'link', attrs: { href } }] }).run()
    else chain.setLink({ href }).run()
    onDone()
  }
  return (
    <div className="flex flex-wrap items-center gap-2 pb-2">
      <input
        aria-label="Address of the link"
        aria-invalid={refused || undefined}
        className="control h-8! max-w-80"
        placeholder="https://example.com"
        value={text}
        // It was asked for by a button a moment ago.
        // oxlint-disable-next-line jsx-a11y/no-autofocus
        autoFocus
        onChange={(event) => {
          setText(event.target.value)
          setRefused(false)
        }}
        onKeyDown={(event) => {
          if (event.key === 'Enter') {
            event.preventDefault()
            apply()
          }
          if (event.key === 'Escape') {
            event.stopPropagation()
            onDone()
            editor.commands.focus()
          }
        }}
      />
      <Button size="sm" onClick={apply}>
        Set link
      </Button>
      <Button size="sm" tone="quiet" onClick={onDone}>
        Cancel
      </Button>
      {refused && (
        <p role="alert" className="text-sm text-bad">
          Enter an address of the web or of mail.
        </p>
      )}
    </div>
  )
}
