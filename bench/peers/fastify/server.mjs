// What one writes first to serve a model from Node.js: Fastify with its own schemas, one onnxruntime-node session at its defaults,
// one run for each request. A baseline of `./hybrid bench execute`; it knows nothing of Hybrid.
import Fastify from 'fastify';
import ort from 'onnxruntime-node';

const session = await ort.InferenceSession.create(process.env.MODEL_PATH);
const app = Fastify();

const schema = {
  body: { type: 'object', required: ['tokens'], properties: { tokens: { type: 'array', items: { type: 'integer' } } } },
  response: { 200: { type: 'object', properties: { embedding: { type: 'array', items: { type: 'number' } } } } },
};

app.get('/health', async () => 'ok');
app.post('/embed', { schema }, async (request) => {
  const tokens = request.body.tokens;
  const shape = [1, tokens.length];
  const int64 = (values) => new ort.Tensor('int64', values, shape);
  const results = await session.run({
    input_ids: int64(BigInt64Array.from(tokens, BigInt)),
    attention_mask: int64(new BigInt64Array(tokens.length).fill(1n)),
    token_type_ids: int64(new BigInt64Array(tokens.length)),
  });
  return { embedding: meanPooled(results[session.outputNames[0]]) };
});

function meanPooled({ data, dims: [, tokens, dimensions] }) {
  const vector = new Array(dimensions).fill(0);
  for (let token = 0; token < tokens; token++) {
    for (let i = 0; i < dimensions; i++) {
      vector[i] += data[token * dimensions + i];
    }
  }
  const norm = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
  return vector.map((value) => value / norm);
}

const url = new URL(process.env.URL);
await app.listen({ host: url.hostname, port: Number(url.port) });
