"""A trainer for process.ts, by PyTorch and PEFT in bfloat16: BASE.gguf THREADS.

Rank 16 on all linear layers, activations computed anew in the backward pass, one padded batch, AdamW.
"""

import gc
import json
import os
import sys
import time

import torch
from peft import LoraConfig, get_peft_model
from transformers import AutoModelForCausalLM, GgufConfig


def load(path):
    directory, name = os.path.split(path)
    # Left packed, weights would be unpacked for every product, which is several times as slow.
    plain = GgufConfig(dequantize=True)
    base = AutoModelForCausalLM.from_pretrained(
        directory, gguf_file=name, dtype=torch.bfloat16, quantization_config=plain
    )
    base.gradient_checkpointing_enable(gradient_checkpointing_kwargs={"use_reentrant": False})
    adapter = LoraConfig(r=16, lora_alpha=32, target_modules="all-linear", task_type="CAUSAL_LM")
    model = get_peft_model(base, adapter)
    model.train()
    return model


def batch_of(work):
    longest = max(len(item["tokens"]) for item in work)
    ids = torch.zeros(len(work), longest, dtype=torch.long)
    seen = torch.zeros_like(ids)
    wanted = torch.zeros(len(work), longest - 1)
    for row, item in enumerate(work):
        length = len(item["tokens"])
        ids[row, :length] = torch.tensor(item["tokens"])
        seen[row, :length] = 1
        wanted[row, item["from"] - 1 : length - 1] = 1
    return ids, seen, wanted


def forget_peak():
    """What loading took is not to count."""
    gc.collect()
    with open("/proc/self/clear_refs", "w") as file:
        file.write("5")


def peak():
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) * 1024 for line in file if line.startswith("VmHWM"))


def sums(model, ids, seen, wanted):
    """The log-probability of each response."""
    logits = model(input_ids=ids, attention_mask=seen).logits[:, :-1]
    logprobs = torch.log_softmax(logits.float(), dim=-1).gather(2, ids[:, 1:, None])[..., 0]
    return (logprobs * wanted).sum(dim=1)


def main():
    path, threads = sys.argv[1:]
    torch.set_num_threads(int(threads))
    batch = batch_of(json.loads(sys.stdin.readline()))
    model = load(path)
    optimizer = torch.optim.AdamW((p for p in model.parameters() if p.requires_grad), lr=1e-4)
    forget_peak()
    print(0, flush=True)
    for line in sys.stdin:
        if line.strip() == "peak":
            print(peak(), flush=True)
            continue
        begin = time.perf_counter()
        if line.strip() == "forward":
            with torch.inference_mode():
                sums(model, *batch)
        else:
            loss = -0.01 * sums(model, *batch).sum()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            optimizer.zero_grad()
        print(time.perf_counter() - begin, flush=True)


main()
