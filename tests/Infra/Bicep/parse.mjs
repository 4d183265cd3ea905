// Parses Bicep files and prints one JSON array: per file its path, its faults and its syntax tree.
// A node is [kind, start, end, children]; start and end count UTF-16 units, as .NET's strings do.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Language, Parser } from 'web-tree-sitter';

await Parser.init();
const grammar = createRequire(import.meta.url).resolve('tree-sitter-bicep/tree-sitter-bicep.wasm');
const parser = new Parser();
parser.setLanguage(await Language.load(grammar));

// Of the unnamed tokens only this one says something that the named nodes do not.
const isTold = node => node.isNamed || node.type === 'existing';

function toArray(node, faults) {
  if (node.isError || node.isMissing) {
    faults.push(`line ${node.startPosition.row + 1}: ${node.isMissing ? `missing ${node.type}` : `not understood: ${node.text.slice(0, 60)}`}`);
  }
  const children = node.children.map(child => isTold(child) || child.isMissing ? toArray(child, faults) : null);
  return [node.type, node.startIndex, node.endIndex, children.filter(child => child)];
}

const files = process.argv.slice(2).map(file => {
  const faults = [];
  const root = toArray(parser.parse(readFileSync(file, 'utf8')).rootNode, faults);
  return { file, faults, root };
});
process.stdout.write(JSON.stringify(files));
