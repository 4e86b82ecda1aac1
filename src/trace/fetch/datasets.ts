/** A file on the web whose content is known. */
export interface Download {
  /** Its name without folders, under which it is kept. */
  readonly name: string;
  readonly address: string;
  readonly bytes: number;
  /** In hexadecimal. */
  readonly sha256: string;
}

/** A tar.xz with a CSV per family and day, each named by its family's `file`. */
export interface DayArchive {
  readonly kind: "tar.xz";
  /** Days of the release, counted from 1. */
  readonly days: number;
  /** By name; `days` of a family end before the release does where they are fewer. */
  readonly families: Readonly<Record<string, { readonly file: (day: number) => string; readonly days: number }>>;
  /** About how much a day unpacks to, of all families. */
  readonly dayBytes: number;
}

/** A RAR5 with one file of interest. */
export interface RarArchive {
  readonly kind: "rar";
  readonly file: Omit<Download, "address">;
}

/** A public trace, and how to come by it. */
export interface Dataset {
  /** What is downloaded: one archive, or where `archive` is null the files themselves. */
  readonly downloads: readonly Download[];
  readonly archive: DayArchive | RarArchive | null;
  /** Its licence, and the paper to cite. */
  readonly terms: string;
}

const RELEASES = "https://github.com/Azure/AzurePublicDataset/releases/download/";
const DATA = "https://raw.githubusercontent.com/Azure/AzurePublicDataset/master/data/";

/** What `replaybook fetch` knows, by name. Described at https://github.com/Azure/AzurePublicDataset */
export const DATASETS: Readonly<Record<string, Dataset>> = {
  "azure-2019": {
    downloads: [
      {
        name: "azurefunctions_dataset2019_azurefunctions-dataset2019.tar.xz",
        address: `${RELEASES}dataset-functions-2019/azurefunctions_dataset2019_azurefunctions-dataset2019.tar.xz`,
        bytes: 142_968_140,
        sha256: "aff8b3ca7240a41a109e4ee598e0a96e45fcb92e7b8395ac19cb3748cd260d89",
      },
    ],
    archive: {
      kind: "tar.xz",
      days: 14,
      families: {
        invocations: { file: (day) => `invocations_per_function_md.anon.d${twoDigits(day)}.csv`, days: 14 },
        durations: { file: (day) => `function_durations_percentiles.anon.d${twoDigits(day)}.csv`, days: 14 },
        memory: { file: (day) => `app_memory_percentiles.anon.d${twoDigits(day)}.csv`, days: 12 },
      },
      dayBytes: 2.04e9 / 14,
    },
    terms: "CC-BY 4.0, Microsoft; cite Shahrad et al., Serverless in the Wild, USENIX ATC 2020",
  },
  "azure-2021": {
    downloads: [
      {
        name: "AzureFunctionsInvocationTraceForTwoWeeksJan2021.rar",
        address: `${DATA}AzureFunctionsInvocationTraceForTwoWeeksJan2021.rar`,
        bytes: 18_444_269,
        sha256: "8bb5d1c82e89e467062b6582996232df24edfebadbaf3287a8c985ca178ba92d",
      },
    ],
    archive: {
      kind: "rar",
      file: {
        name: "AzureFunctionsInvocationTraceForTwoWeeksJan2021.txt",
        bytes: 305_388_316,
        sha256: "d56368ef194baa8d418304bd2f87cca67668ced0d117bd89ad4ef3cf836457d2",
      },
    },
    terms:
      "CC-BY 4.0, Microsoft; cite Zhang et al., Faster and Cheaper Serverless Computing on Harvested Resources, SOSP 2021",
  },
  "azure-llm-2023": {
    downloads: [
      {
        name: "AzureLLMInferenceTrace_code.csv",
        address: `${DATA}AzureLLMInferenceTrace_code.csv`,
        bytes: 320_117,
        sha256: "54e9a6d2a4bd06ba1e060304b900abbc74cbea53de96506e60fe5bb4f2277fb6",
      },
      {
        name: "AzureLLMInferenceTrace_conv.csv",
        address: `${DATA}AzureLLMInferenceTrace_conv.csv`,
        bytes: 719_188,
        sha256: "2f1e5b666d4e3055fdbba98598ce2ec307767b9064e03e2fa46676dbcc7d0bf8",
      },
    ],
    archive: null,
    terms: "CC-BY 4.0, Microsoft; cite Patel et al., Splitwise, ISCA 2024",
  },
};

function twoDigits(day: number): string {
  return String(day).padStart(2, "0");
}
