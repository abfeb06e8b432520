;; A batch Emacs that goes through what a user would do, and prints what it finds as JSON.
(require 'eglot)
(require 'json)

(setq eglot-sync-connect 60 eglot-events-buffer-size 0)
(load (getenv "ASKDOCS_CONFIGURATION") nil t)
(find-file "app.py")
(apply #'eglot (eglot--guess-contact))

(defun until (check)
  "Wait until CHECK returns something, and return that."
  (let ((deadline (time-add nil 90)) found)
    (while (not (setq found (funcall check)))
      (when (time-less-p deadline nil) (error "it did not come true in time"))
      (accept-process-output nil 0.05))
    found))

(defun status ()
  "Return the status of the index."
  (plist-get (eglot-execute-command (eglot-current-server) 'askdocs.server.status [nil]) :index))

(defun hover ()
  "Return the Markdown that is shown for the symbol at point."
  (let ((shown (jsonrpc-request (eglot-current-server) :textDocument/hover
                                (eglot--TextDocumentPositionParams))))
    (plist-get (plist-get shown :contents) :value)))

(until (lambda () (let ((index (status)))
                    (and (equal (plist-get index :state) "ready")
                         (> (plist-get index :files) 0)
                         (= (plist-get index :pendingFiles) 0)))))
(search-forward "calibrate")
(backward-char)
(let ((hover (hover))
      (command (eglot-execute-command (eglot-current-server) 'askdocs.server.ask
                                      [(:question "How is the rain gauge emptied?")]))
      answer place)
  (askdocs-ask "How is the rain gauge emptied?")
  (set-buffer (until (lambda () (get-buffer "*askdocs*"))))
  (until (lambda () (string-match-p "\\[1\\] " (buffer-string))))
  (setq answer (buffer-string))
  (goto-char (point-min))
  (re-search-forward ": \\[1\\] ")
  (compile-goto-error)
  (setq place (list (file-name-nondirectory buffer-file-name) (line-number-at-pos)))
  (princ (json-encode (list :hover hover :command (plist-get command :answer)
                            :answer answer :place (vconcat place)))))
(with-current-buffer "app.py" (eglot-shutdown (eglot-current-server)))
