# npm, node-gyp and electron-rebuild look for this file to tell that a package is native. The build itself is CMake's
# (CMakeLists.txt): this hands the work to it and puts the addon where these tools expect it.
{
  "targets": [
    {
      "target_name": "implicit_prm",
      "type": "none",
      "actions": [
        {
          "action_name": "build_with_cmake",
          "inputs": ["CMakeLists.txt"],
          "outputs": ["<(module_root_dir)/build/Release/implicit_prm.node"],
          "action": ["node", "<(module_root_dir)/scripts/build-native.js"]
        }
      ]
    }
  ]
}
