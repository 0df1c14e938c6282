// Reads models with three.js's own loaders and tells what they made of them.
// stdin: a JSON list of paths; stdout: a JSON line for each, in their order.

import { resolveObjectURL } from 'node:buffer';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, extname } from 'node:path';

import { Texture, TextureLoader } from 'three';
import { FBXLoader } from 'three/examples/jsm/loaders/FBXLoader.js';
import { GLTFLoader } from 'three/examples/jsm/loaders/GLTFLoader.js';
import { MTLLoader } from 'three/examples/jsm/loaders/MTLLoader.js';
import { OBJLoader } from 'three/examples/jsm/loaders/OBJLoader.js';

const SLOTS = ['map', 'normalMap', 'roughnessMap', 'metalnessMap', 'aoMap', 'emissiveMap',
  'alphaMap'];

// What a browser has and Node hasn't: images, of which only the bytes matter here.
globalThis.self = globalThis;
TextureLoader.prototype.load = function (url, onLoad) {
  const texture = new Texture();
  texture.source.blob = url.startsWith('blob:')
    ? resolveObjectURL(url)
    : new Blob([readFileSync(url)]);
  queueMicrotask(() => onLoad?.(texture));
  return texture;
};
console.warn = () => {};

const arrayBuffer = (path) => new Uint8Array(readFileSync(path)).buffer;
const text = (path) => readFileSync(path, 'utf8');

const LOADERS = {
  '.glb': async (path) => (await new GLTFLoader().parseAsync(arrayBuffer(path), '')).scene,
  '.fbx': (path) => new FBXLoader().parse(arrayBuffer(path), ''),
  '.obj': (path) => {
    const materials = new MTLLoader().parse(text(path.replace(/obj$/, 'mtl')), `${dirname(path)}/`);
    materials.preload();
    return new OBJLoader().setMaterials(materials).parse(text(path));
  },
};

function corners(geometry, name) {
  const attribute = (geometry.index ? geometry.toNonIndexed() : geometry).getAttribute(name);
  return attribute
    ? Buffer.from(Float32Array.from(attribute.array).buffer).toString('base64')
    : null;
}

async function connected(material) {
  const maps = {};
  for (const slot of SLOTS) {
    if (material[slot]) {
      const bytes = Buffer.from(await material[slot].source.blob.arrayBuffer());
      maps[slot] = createHash('sha256').update(bytes).digest('hex');
    }
  }
  return maps;
}

async function read(path) {
  const model = await LOADERS[extname(path)](path);
  model.updateMatrixWorld(true);
  const meshes = [];
  model.traverse((node) => node.isMesh && meshes.push(node));
  const materials = {};
  for (const material of meshes.flatMap((mesh) => mesh.material)) {
    materials[material.name] = {
      maps: await connected(material),
      transparent: material.transparent,
      emissiveIntensity: material.emissiveIntensity * (material.emissive?.r ?? 0),
    };
  }
  return {
    meshes: meshes.map((mesh) => ({
      name: mesh.name,
      world: mesh.matrixWorld.elements,
      position: corners(mesh.geometry, 'position'),
      normal: corners(mesh.geometry, 'normal'),
      uv: corners(mesh.geometry, 'uv'),
    })),
    materials,
  };
}

for (const path of JSON.parse(readFileSync(0, 'utf8'))) {
  process.stdout.write(`${JSON.stringify(await read(path))}\n`);
}
