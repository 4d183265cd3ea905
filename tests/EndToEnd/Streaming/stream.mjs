// A person's program with the official client: prints every chunk as it comes, as one JSON line, and at last how it ended.
import OpenAI from 'openai';

const client = new OpenAI({ baseURL: `${process.env.HYBRID_URL}/v1`, apiKey: process.env.HYBRID_API_KEY, maxRetries: 0 });
const leaveAfter = Number(process.argv[2]);

try {
  const stream = await client.chat.completions.create({
    model: 'demo-generate',
    messages: [{ role: 'system', content: process.env.HYBRID_PASSAGE }, { role: 'user', content: 'What does it say?' }],
    stream: true,
    stream_options: { include_usage: true },
  });
  let texts = 0;
  for await (const chunk of stream) {
    console.log(JSON.stringify(chunk));
    texts += chunk.choices[0]?.delta.content ? 1 : 0;
    if (leaveAfter > 0 && texts === leaveAfter) {
      stream.controller.abort();
    }
  }
  console.log(JSON.stringify({ ended: true }));
} catch (error) {
  console.log(JSON.stringify({ error: { class: error.constructor.name, code: error.code, type: error.type } }));
}
