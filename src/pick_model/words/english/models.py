"""What is wrong with the files of a model."""

from __future__ import annotations

MODELS: dict[str, str] = {
    "give-a-local-folder": "give a local folder",
    "download-again": "download or save the model again",
    "model-of-timm": "{name} is a timm model, which reads images, not text",
    "give-text-encoder": "a text encoder",
    "config-without-type": "config.json of {name} does not say its model_type",
    "add-model-type": 'add "model_type", such as "bert"',
    "give-its-base": "the model that it was made from",
    "config-asks-for-code": "{what} asks for {key} = {strange!r}: code from elsewhere, which "
    "loading would fetch and run",
    "remove-key": "remove {key} from it if you trust the rest",
    "config-takes-others-code": "{what} takes its code from another repository, {other!r}",
    "copy-and-read-code": "copy that code beside the weights, and read it",
    "config-of-no-model": "config.json of {name} says {key} = {given}, which no model has",
    "give-config-of-weights": "the config.json that belongs to the weights",
    "no-tokenizer-files": "{name} has no tokenizer files, so its words would be guessed",
    "put-tokenizer": "put tokenizer.json, or vocab.txt and what belongs to it, beside its weights",
    "no-tokenizer-json": "{name} has no tokenizer.json, and reading its vocabulary needs "
    "{packages}",
    "pip-install": "pip install {extra}",
    "index-names-no-weights": "{found} of {name} names no files of weights",
    "save-again": "save the model again with save_pretrained",
    "index-names-elsewhere": "{where} of {name} names {file!r}, which is no file inside its folder",
    "give-model-in-folder": "a model whose weights lie in its own folder",
    "weights-no-safetensors": "the weights of {name} are in {file!r}, which is not safetensors",
    "allow-pickle-of-bin": "--allow-pickle runs code from a *.bin file; only if you trust its "
    "author",
    "download-all-files": "download or copy all of its files",
    "only-pickles": "{name} has no safetensors weights, only pickles",
    "allow-pickle": "--allow-pickle runs code from the file; only if you trust its author",
    "index-names-absent": "{found} of {name} names {file!r}, which is not there",
    "parameters-not-of-config": "config.json of {name} describes {wanted:,} parameters, and the "
    "weights hold {parameters:,}",
    "tensor-not-of-config": "{tensor} of {name} is {there} in the weights and {here} by "
    "config.json",
    "give-weights-of-architecture": "weights of this architecture; what they lack would be noise",
    "tokenizer-without-words": "the tokenizer of {name} has no vocabulary: it knows {n_tokens} "
    "tokens, all of them special",
    "no-room-for-text": "{name} reads {longest} tokens at a time, and {around} are put around each "
    "text",
    "give-configs-of-weights": "the config.json and tokenizer_config.json that belong to the "
    "weights",
    "layer-not-counted": "the weights of {name} hold {tensor}, a layer that config.json does not "
    "count",
    "weights-not-finite": "{tensor} of {name} holds NaN or infinite weights",
    "download-or-take-another": "download or save the model again, or take another",
    "weights-of-whole-numbers": "the weights of {name} are quantized ({coded} holds whole "
    "numbers), and a fine-tune needs them whole",
    "safetensors-damaged": "{file} of {name} is not a whole safetensors file: {reason}",
    "delete-with-target": "delete {file} and what it points to, then run again",
    "no-such-folder": "no folder {text!r}",
    "give-folder-or-id": "a folder with a model, or a Hub id such as org/name",
    "not-a-model": "not a model: {text!r}",
    "give-name-or-folder": "org/name, org/name@revision or a folder",
    "bytes-not-announced": "{name} does not have the bytes that the Hub announced",
    "delete-and-run-again": "delete {file} and run again",
    "features-all-alike": "{name} gives the same features whatever it reads",
    "download-alike": "download or save the model again; some of its weights are all alike",
    "pieces-unknown": "{share:.0%} of the pieces that the tokenizer of {name} makes of the data "
    "are unknown to it",
    "give-model-of-script": "a model for this language and script, or the tokenizer files that it "
    "came with",
    "features-not-finite": "{name} gives NaN or infinite features on the data",
    "try-fp32": "--precision fp32, or another model",
    "weights-quantized-by": "the weights of {name} are quantized ({method}), and a fine-tune needs "
    "them whole",
    "weights-quantized": "the weights of {name} are quantized, and a fine-tune needs them whole",
    "model-file-unreadable": "{file} cannot be read: {reason}",
    "is-gguf": "GGUF, for llama.cpp",
    "give-what-was-converted": "the repository that it was converted from",
    "is-tensorflow": "TensorFlow's",
    "give-safetensors": "a copy saved as safetensors",
    "is-flax": "Flax's",
    "is-onnx": "ONNX, which is not trained",
    "give-what-was-exported": "the repository that it was exported from",
    "no-safetensors": "{name} has no safetensors weights",
    "give-model-with": "a model with {file}",
    "no-safetensors-but": "{name} has no safetensors weights; what it has is {whose}",
    "no-safetensors-named": "{name} has no safetensors weights under the name of {file}",
    "rename-if-model": "rename {file} if it is the model",
    "probe-base": "probe its base, {base}",
    "probe-base-of-card": "probe its base, named in its card",
    "is-peft-adapter": "{name} is a PEFT adapter, not a model",
    "is-diffusers-pipeline": "{name} is a diffusers pipeline, which makes images",
    "encoder-in-sub-folder": "{name} is a sentence-transformers folder whose encoder lies in a "
    "sub-folder",
    "give-sub-folder": "give that sub-folder, such as 0_Transformer",
    "no-config-but": "{name} has no config.json; its weights are {whose}",
    "no-config": "no config.json in {name}, so it is not a model",
    "give-saved-folder": "the folder that save_pretrained wrote",
    "reads-no-text": "{name} reads {reads!r}; it is no encoder of text",
    "reads-other": "{name} reads {what}, {reads!r}; it is no encoder of text",
    "tensors-missing": "the weights in {name} lack {n} of the model's tensors, {share:.0%} of its "
    "parameters ({example})",
    "config-names-missing": "config.json of {name} says its weights are in {file!r}, which is not "
    "there",
    "cached-copy-used": "{reason}; the copy of {repo} in the cache was used",
    "adapter-not-applied": "{name} has an adapter beside its weights; it was not applied",
}
