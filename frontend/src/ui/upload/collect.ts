/** A file with its place below what was dropped or chosen. */
export interface ChosenFile {
  readonly file: File;
  readonly path: string;
}

/** Files of the operating system that lie in every folder and are never images. */
const SYSTEM_FILES: readonly string[] = [".DS_Store", "Thumbs.db", "desktop.ini"];

export function isSystemFile(path: string): boolean {
  const name = path.split("/").at(-1) ?? "";
  return SYSTEM_FILES.includes(name) || path.startsWith("__MACOSX/");
}

export function filesOfInput(input: HTMLInputElement): ChosenFile[] {
  return [...(input.files ?? [])].map((file) => ({ file, path: file.webkitRelativePath || file.name }));
}

/**
 * Every file below what was dropped, folders to any depth, as soon as it is known.
 *
 * The entries must be taken from the event before anything is awaited: browsers empty it then.
 */
export function filesOfDrop(transfer: DataTransfer): AsyncGenerator<ChosenFile> {
  const items = [...transfer.items].filter((item) => item.kind === "file");
  const entries = items.map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  return walk(entries);
}

async function* walk(entries: readonly FileSystemEntry[]): AsyncGenerator<ChosenFile> {
  for (const entry of entries) {
    if (entry.isFile) yield { file: await fileOf(entry as FileSystemFileEntry), path: pathOf(entry) };
    else yield* walk(await childrenOf(entry as FileSystemDirectoryEntry));
  }
}

function pathOf(entry: FileSystemEntry): string {
  return entry.fullPath.replace(/^\//, "");
}

function fileOf(entry: FileSystemFileEntry): Promise<File> {
  return new Promise((resolve, reject) => entry.file(resolve, reject));
}

/** A folder hands out its entries in portions, an empty one at the end. */
async function childrenOf(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const children: FileSystemEntry[] = [];
  for (;;) {
    const portion = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (portion.length === 0) return children;
    children.push(...portion);
  }
}
