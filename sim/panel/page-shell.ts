/** The page's HTML: what it loads, and under which names its modules find each other. */
import { createHash } from 'node:crypto';
import { vendorModules } from './assets.ts';

const importMap = JSON.stringify({ imports: vendorModules });

/** What a Content-Security-Policy calls the import map. */
export const importMapHash = `sha256-${createHash('sha256').update(importMap).digest('base64')}`;

export const pageShell = `<!doctype html>
<html lang="zh">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Fare validators</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/vendor/xterm.css">
<link rel="stylesheet" href="/page/panel.css">
<script type="importmap">${importMap}</script>
<script type="module" src="/page/main.js"></script>
</head>
<body>
<div id="panel"></div>
<noscript>This page needs JavaScript.</noscript>
</body>
</html>
`;
