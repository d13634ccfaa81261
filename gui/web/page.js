// Loads the window into the page, or says why it cannot. `wasm_bindgen` comes from the script before this one.
'use strict';
(() => {
  const state = (name, detail = '') => {
    document.body.dataset.state = name;
    document.getElementById('detail').textContent = detail;
  };

  // In the single file the module lies in the page, packed; elsewhere it lies beside it.
  const unpack = (text) => {
    const packed = Uint8Array.from(atob(text.trim()), (letter) => letter.charCodeAt(0));
    const bytes = new Blob([packed]).stream().pipeThrough(new DecompressionStream('gzip'));
    return new Response(bytes).arrayBuffer();
  };
  const load = async () => {
    const embedded = document.getElementById('module');
    const module = embedded ? await unpack(embedded.textContent) : 'quorumscope.wasm';
    embedded?.remove();
    await wasm_bindgen({ module_or_path: module });
  };

  const toggle = document.getElementById('toggle');
  toggle.addEventListener('click', () => {
    toggle.setAttribute('aria-pressed', String(toggle.getAttribute('aria-pressed') !== 'true'));
  });

  // Whoever asks first decides what the canvas is like: no smoothing by the graphics, since the window smooths its edges
  // itself, and nothing seen through it. Both cost most where there is no graphics card.
  const stage = document.getElementById('stage');
  const plain = { alpha: false, antialias: false, depth: false, stencil: false };
  if (typeof WebAssembly !== 'object') {
    state('no-wasm');
  } else if (!stage.getContext('webgl2', plain)) {
    state('no-webgl2');
  } else {
    load().catch((why) => state('failed', String(why)));
  }
})();
