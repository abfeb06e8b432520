-- A headless Neovim that a test drives by remote expressions.

-- The language server of the buffer, when it is there.
local function server()
  local servers = vim.lsp.get_clients or vim.lsp.get_active_clients
  local function own()
    local function is_own(client) return client.name ~= 'definitions' end
    return vim.tbl_filter(is_own, servers())[1]
  end
  assert(vim.wait(60000, own), 'no language server has started')
  return own()
end

-- A second language server, for the current buffer.
function _G.define_by(command)
  vim.lsp.start({ name = 'definitions', cmd = vim.fn.json_decode(command), root_dir = vim.fn.expand('%:p:h') })
  local function is_ready()
    local client = vim.lsp.get_clients({ name = 'definitions' })[1]
    return client and client.initialized
  end
  assert(vim.wait(60000, is_ready), 'the second language server has not started')
end

function _G.request(method, params)
  local id = server().id
  local replies, problem = vim.lsp.buf_request_sync(0, method, vim.fn.json_decode(params), 60000)
  return vim.fn.json_encode(replies and replies[id] or { failed = problem })
end

-- What `K` would show: the position is that of the cursor.
function _G.hover(line, character)
  vim.api.nvim_win_set_cursor(0, { line, character })
  local params = vim.lsp.util.make_position_params(0, server().offset_encoding)
  return _G.request('textDocument/hover', vim.fn.json_encode(params))
end

-- What our server has a hover show, and within how many milliseconds; false for nothing.
function _G.hovered(line, character)
  vim.api.nvim_win_set_cursor(0, { line, character })
  local began, text = vim.uv.hrtime(), false
  local params = vim.lsp.util.make_position_params(0, server().offset_encoding)
  local done = false
  vim.lsp.buf_request_all(0, 'textDocument/hover', params, function(results)
    local reply = results[server().id]
    if reply and reply.result then text = reply.result.contents.value end
    done = true
  end)
  assert(vim.wait(60000, function() return done end, 5), 'no hover has come')
  return { text, (vim.uv.hrtime() - began) / 1e6 }
end

function _G.insert(line, text)
  vim.api.nvim_buf_set_lines(0, line, line, true, { text })
end

-- What the windows above the others show, such as a hover.
function _G.floating()
  local texts = {}
  for _, window in ipairs(vim.api.nvim_list_wins()) do
    if vim.api.nvim_win_get_config(window).relative ~= '' then
      local lines = vim.api.nvim_buf_get_lines(vim.api.nvim_win_get_buf(window), 0, -1, true)
      table.insert(texts, table.concat(lines, '\n'))
    end
  end
  return table.concat(texts, '\n')
end

-- What the windows of answers show is kept; the keys of `at_words` are pressed where they show words.
_G.states = {}
_G.at_words = {}
_G.told = {}

local function watch(buffer)
  _G.states = {}
  vim.api.nvim_buf_attach(buffer, false, {
    on_lines = function()
      local text = table.concat(vim.api.nvim_buf_get_lines(buffer, 0, -1, true), '\n')
      table.insert(_G.states, text)
      for words, keys in pairs(_G.at_words) do
        if text:find(words, 1, true) then vim.api.nvim_input(keys) end
      end
    end,
  })
end

-- Loads the file for Neovim's users, and opens the buffer's file anew.
function _G.set_up(plugin, options)
  vim.api.nvim_create_autocmd('FileType', {
    pattern = 'markdown',
    callback = function(event) watch(event.buf) end,
  })
  vim.notify = function(text) table.insert(_G.told, text) end
  dofile(plugin).setup(vim.fn.json_decode(options))
  vim.cmd('edit')
end

-- Into a file: remote expressions print no long values in one piece.
function _G.evaluate(expression, file)
  local value = assert(loadstring('return ' .. expression))()
  vim.fn.writefile({ vim.fn.json_encode(value) }, file)
end
