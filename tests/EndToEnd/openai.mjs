// What a person with the official client would write. Prints what came back as one JSON line.
import OpenAI from 'openai';

const client = new OpenAI({ baseURL: `${process.env.HYBRID_URL}/v1`, apiKey: process.env.HYBRID_API_KEY, maxRetries: 0 });

const calls = {
  models: async () => (await client.models.list()).data.map((model) => model.id),
  embeddings: async () => {
    const reply = await client.embeddings.create({ model: 'demo-embed', input: ['How are weights staged?', 'What is a budget?'] });
    return { count: reply.data.length, dimensions: reply.data[0].embedding.length, norm: Math.hypot(...reply.data[0].embedding), usage: reply.usage };
  },
  floats: async () => {
    const base64 = await client.embeddings.create({ model: 'demo-embed', input: 'How are weights staged?' });
    const float = await client.embeddings.create({ model: 'demo-embed', input: 'How are weights staged?', encoding_format: 'float' });
    return Math.max(...base64.data[0].embedding.map((value, i) => Math.abs(value - float.data[0].embedding[i])));
  },
  chat: async () => {
    const reply = await client.chat.completions.create({
      model: 'demo-generate',
      messages: [{ role: 'system', content: process.env.HYBRID_PASSAGE }, { role: 'user', content: process.env.HYBRID_QUESTION }],
    });
    return { content: reply.choices[0].message.content, finish: reply.choices[0].finish_reason, usage: reply.usage, object: reply.object };
  },
  unknownModel: async () => client.embeddings.create({ model: 'no-such-model', input: 'text' }),
  wrongKey: async () => new OpenAI({ baseURL: `${process.env.HYBRID_URL}/v1`, apiKey: 'wrong', maxRetries: 0 }).models.list(),
};

try {
  console.log(JSON.stringify({ ok: await calls[process.argv[2]]() }));
} catch (error) {
  console.log(JSON.stringify({ error: { class: error.constructor.name, status: error.status, code: error.code, message: error.message } }));
}
