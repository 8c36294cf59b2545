// Cursor: its keys lie in a database of its own, and its servers make the calls, so nothing on this machine can be set up for it.
import { say } from '../../core/sentence.ts'
import { versionedUrl } from '../endpoint.ts'
import { defineTool } from '../tool.ts'

export const tool = defineTool({
  id: 'cursor',
  name: 'Cursor',
  website: 'https://cursor.com',
  means: 'by-hand',
  wire: 'openai-chat',
  actions: [],
  program: 'cursor',
  instructions: (endpoint) => [
    say(
      'Cursor sends requests through its own servers, which refuse addresses of this machine: the gateway must be reachable under a public https address, for instance through a tunnel that you run. Think about who else could reach it then.',
    ),
    say('Open Cursor Settings, Models, API Keys.'),
    say(
      'Switch on "Override OpenAI Base URL" and enter your public address with the path {0}.',
      new URL(versionedUrl(endpoint)).pathname,
    ),
    say('Paste the OmniRoute key as the OpenAI API key and add the names of the models you want.'),
    say('Own keys need a paid plan of Cursor.'),
  ],
  checked: { date: '2026-11-22' },
})
