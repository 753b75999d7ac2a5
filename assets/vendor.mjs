// Copies what others wrote from node_modules into the repository, unchanged, and writes down what it is and its SHA-256.
// For development only (`make assets`); the result is committed, and no Node is needed to run or to test.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const fonts = "src/lianqiao/notices/documents/fonts";
const wanted = [
  { package: "htmx.org", file: "dist/htmx.min.js", to: "src/lianqiao/site/static/vendor" },
  { package: "axe-core", file: "axe.min.js", to: "tests/browser/vendor" },
  { package: "@expo-google-fonts/noto-serif-sc", file: "400Regular/NotoSerifSC_400Regular.ttf", to: fonts },
  { package: "@expo-google-fonts/noto-serif-sc", file: "700Bold/NotoSerifSC_700Bold.ttf", to: fonts },
  { package: "@expo-google-fonts/noto-serif-sc", file: "LICENSE_FONT", to: fonts, as: "NotoSerifSC.LICENSE.txt" },
  { package: "@embedpdf/fonts-sc", file: "fonts/NotoSansHans-Medium.otf", to: fonts },
  { package: "@embedpdf/fonts-sc", file: "LICENSE", to: fonts, as: "NotoSansSC.LICENSE.txt" },
];

const written = {};
for (const { package: name, file, to, as } of wanted) {
  const folder = join(here, "node_modules", name);
  const { version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const content = readFileSync(join(folder, file));
  const kept = as ?? file.split("/").pop();
  mkdirSync(join(here, "..", to), { recursive: true });
  writeFileSync(join(here, "..", to, kept), content);
  const sha256 = createHash("sha256").update(content).digest("hex");
  (written[to] ??= []).push({ file: kept, package: name, version, licence: license, sha256 });
}
for (const [to, entries] of Object.entries(written)) {
  writeFileSync(join(here, "..", to, "manifest.json"), JSON.stringify(entries, null, 2) + "\n");
}
