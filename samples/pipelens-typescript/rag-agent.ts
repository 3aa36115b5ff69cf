// SPDX-License-Identifier: MIT
// A question-answering agent, its searches and models played by timers: what a real one leaves in its log.
// npm install && npm run rag-agent
import { Pipeline, type Step } from 'pipelens';
import { FileTransport } from './file-transport.ts';

const sleep = (ms: number) => new Promise((wake) => setTimeout(wake, ms));

let calls = 0;

/** A model's answer in the shape of an OpenAI-compatible chat completion, recorded as PipeLens's LLMTrack does. */
async function model(st: Step, name: string, ms: number, tokens: [number, number], content: string): Promise<string> {
  await sleep(ms);
  const [prompt_tokens, completion_tokens] = tokens;
  const id = `chatcmpl-${++calls}`;
  await st.record(`__LLM_RESPONSE_${id}`, {
    id,
    object: 'chat.completion',
    created: 1767225600 + calls,
    model: name,
    choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
    usage: { prompt_tokens, completion_tokens, total_tokens: prompt_tokens + completion_tokens },
  });
  return content;
}

async function work(st: Step, ms: number, records: Record<string, unknown>, result?: unknown): Promise<any> {
  for (const [key, data] of Object.entries(records)) await st.record(key, data);
  await sleep(ms);
  return result;
}

async function retrieve(st: Step): Promise<string[]> {
  await Promise.all([
    st.step('vector_search', async (st) => {
      await st.step('embed_query', (st) => work(st, 118, { model: 'embed-small', dimensions: 512 }));
      return st.step('query_index', (st) => work(st, 243, { top_k: 20, hits: 20, best_score: 0.8731 }));
    }),
    st.step('keyword_search', (st) => work(st, 87, { query: 'signing key AND rotation', hits: 14 })),
    st
      .step('web_search', async (st) => {
        for (let attempt = 1; attempt <= 2; attempt++) {
          await st
            .step(`attempt_${attempt}`, async (st) => {
              await work(st, attempt === 1 ? 310 : 402, { url: 'https://search.example/?q=key+rotation' });
              throw new Error(`search.example: HTTP 503, retry after ${attempt * 5} s`);
            })
            .catch(() => undefined);
        }
        throw new Error('web search gave up after 2 attempts');
      })
      .catch(() => undefined), // the answer can do without the web
  ]);
  await st.step('merge', (st) => work(st, 9, { before: 34, duplicates: 11, after: 23 }));
  return st.step('rerank', async (st) => {
    await model(st, 'gpt-4o-mini', 486, [3120, 46], '[7, 2, 19, 4]');
    return ['doc-7', 'doc-2', 'doc-19', 'doc-4'];
  });
}

async function agent(st: Step, documents: string[]): Promise<string> {
  await st.step('round_1', async (st) => {
    await st.step('decide', (st) => model(st, 'gpt-4o', 912, [2210, 84], 'open the four best documents'));
    await st.step('open_documents', (st) =>
      Promise.all(
        documents.map((id, i) => st.step(id, (st) => work(st, 60 + i * 47, { bytes: 4096 * (i + 1) }, `text of ${id}`))),
      ),
    );
  });
  return st.step('round_2', async (st) => {
    await st.step('decide', (st) => model(st, 'gpt-4o', 1034, [6480, 61], 'compute the overlap of the two keys'));
    const days = await st.step('calculator', (st) => work(st, 4, { expression: '90 - 83' }, 7));
    return st.step('draft_answer', (st) =>
      model(st, 'gpt-4o', 2187, [7015, 412], `Keep both keys valid for ${days} days, then retire the old one.`),
    );
  });
}

const pipeline = new Pipeline('rag-agent', {
  runId: 'rag-agent-sample-1',
  autoSave: 'real_time',
  transport: new FileTransport(process.argv[2] ?? 'rag-agent.ndjson'),
});

await pipeline.track(async (st) => {
  await st.record('question', 'How do I rotate the signing keys without logging everybody out?');
  await st.step('load_session', (st) => work(st, 23, { user: 'u-1042', language: 'en' }, { turns: 3 }));
  await st.step('rewrite_question', (st) => model(st, 'gpt-4o-mini', 391, [208, 31], 'rotate JWT signing keys'));
  const documents = await st.step('retrieve', retrieve);
  const answer = await st.step('agent', (st) => agent(st, documents));
  await st.step('check_claims', (st) =>
    Promise.all(
      [172, 264, 148].map((ms, i) =>
        st.step(`claim_${i + 1}`, (st) => work(st, ms, { supported: true, source: documents[i] })),
      ),
    ),
  );
  await st.step('format', (st) => work(st, 6, { characters: answer.length }));
  return answer;
});
