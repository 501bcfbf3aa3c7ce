import {existsSync, readdirSync} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import {findRuntime} from '../../lib/engine/native/find-runtime.js';

const drivers = '/usr/share/vulkan/icd.d';

/**
 * Makes Mesa's lavapipe, which computes on the CPU, the one Vulkan device of this process.
 *
 * @returns what is lacking for that; nothing if the device is there
 */
export function useLavapipe(): string | undefined {
  const driver = existsSync(drivers)
    ? readdirSync(drivers).find(name => name.startsWith('lvp_icd'))
    : undefined;
  if (driver === undefined) {
    return 'the Vulkan driver lavapipe: mesa-vulkan-drivers and libvulkan1 on Debian';
  }

  if (!findRuntime().gpuBackends.some(({gpu}) => gpu === 'vulkan')) {
    return "llama.cpp's Vulkan backend, which node-llama-cpp has for linux-x64";
  }

  process.env.VK_ICD_FILENAMES = path.join(drivers, driver);
  // ggml takes a device that is no hardware only where it is named. Its shaders for half precision are less exact.
  process.env.GGML_VK_VISIBLE_DEVICES = '0';
  process.env.GGML_VK_DISABLE_F16 = '1';
  return undefined;
}
